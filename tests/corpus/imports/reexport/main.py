"""A name re-exported through a package's `__init__`, under another name and as a submodule."""

import shop
from shop import Basket, checkout
from shop.sub import deep as renamed

checkout()  # calls: pay   runs: pay
Basket().add()  # calls: Cart.__init__ | Cart.add   runs: Cart.__init__ | Cart.add
shop.sub.deep.dive()  # calls: dive   runs: dive
renamed.dive()  # calls: dive   runs: dive
shop.checkout()  # calls: pay   runs: pay
