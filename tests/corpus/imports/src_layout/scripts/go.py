"""A package below `src`, and a neighbour in the script's own folder. Not run: needs a path."""

from helper import prepare  # imports: scripts.helper

from pkg import core  # imports: pkg.core | pkg

prepare()  # calls: prepare
core.run()  # calls: run
