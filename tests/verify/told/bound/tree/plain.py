from pkg import *
from pkg.low import *

work(1)
either(1)
len("x")
nobody(1)
