import sys

import heavy_user
import store

heavy_user.fit(["apple"])
store.save(sys.argv[1], ["pear"])
