"""What calls and stores do to the world."""
