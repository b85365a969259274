"""Mutation testing of the joining and the verifying."""
