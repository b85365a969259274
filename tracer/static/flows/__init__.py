"""The way of a value through the program, from the finished solution."""
