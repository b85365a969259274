"""An import of a module of the tree that is not there is said to be missing. Not run."""

import here.gone  # imports: here | ?
from here import nothing  # imports: here | ?
from here.away import thing  # imports: here | ?

nothing()  # calls: ?
thing()  # calls: ?
