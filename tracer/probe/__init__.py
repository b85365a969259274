"""The guest: what runs inside the traced program's own interpreter.

Standard library only, Python 3.10 and newer, loaded by path under a private name; nothing else of
this project is ever imported there.
"""
