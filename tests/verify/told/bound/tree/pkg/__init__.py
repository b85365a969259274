from pkg.low import *
from .low import work as renamed
from .sub import deep
