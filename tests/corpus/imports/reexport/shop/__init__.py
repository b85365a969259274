from . import sub
from .cart import Cart as Basket
from .cart import pay as checkout
