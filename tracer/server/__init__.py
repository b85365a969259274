"""The use cases for agents, over the Model Context Protocol."""
