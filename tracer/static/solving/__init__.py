"""What every expression may be, and what every call site may run: one solution for a whole tree."""
