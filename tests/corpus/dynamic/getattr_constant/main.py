"""`getattr` with names that can be read: a constant, a loop over constants, a prefix."""

import sys


class Handler:
    def on_open(self):
        return 1

    def on_close(self):
        return 2

    def other(self):
        return 3


handler = Handler()
getattr(handler, "on_open")()  # calls: Handler.on_open   runs: Handler.on_open
NAME = "on_close"
getattr(handler, NAME)()  # calls: Handler.on_close   runs: Handler.on_close
for name in ("on_open", "other"):
    getattr(handler, name)()  # calls: Handler.on_open | Handler.other   runs: Handler.on_open | Handler.other
getattr(handler, "missing", handler.other)()  # calls: Handler.other   runs: Handler.other
getattr(Handler, "other")(handler)  # calls: Handler.other   runs: Handler.other
for event in sys.argv + ["open", "close"]:
    method = getattr(handler, f"on_{event}", None)
    if method:
        method()  # calls: Handler.on_close | Handler.on_open   runs: Handler.on_close | Handler.on_open
