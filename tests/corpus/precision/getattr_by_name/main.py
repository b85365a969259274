"""`__getattr__` answers each name with what stands under it, not with what stands under any."""

import functools

WRAPPED = {"open"}
SLOW = {"erase"}
MANY = ("open_many", "close_many")


class Disk:
    def open(self):
        return 1

    def close(self):
        return 2

    def erase(self):
        return 3


class Proxy:
    def __init__(self, inner):
        self._inner = inner
        self._log = []

    def _wrap(self, function):
        return function()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(f"{name} is not for everybody")
        if name in SLOW or name in self._log or len(name) > 40:
            self._log.append(name.upper().lower().strip())
            self._log.append(f"{name} was asked for, {len(self._log)} before it")
        elif name in MANY and len(self._log) + len(MANY) > 100:
            self._log.append(", ".join(sorted(part.strip() for part in name.split("_"))))
        if name in WRAPPED:
            try:
                return functools.partial(self._wrap, getattr(self._inner, name))
            except TypeError:
                raise AttributeError(name) from None
        try:
            return getattr(self._inner, name)
        except AttributeError as error:
            text = str(error).replace("Disk", "Proxy").partition(":")[2] or "nothing"
            raise AttributeError(f"neither {type(self).__name__} nor {text} has {name}") from None


class Below(Proxy):
    pass


proxy = Proxy(Disk())
proxy.close()  # calls: Disk.close | Proxy._wrap   implicit: Proxy.__getattr__   runs: Proxy.__getattr__ | Disk.close
proxy.erase()  # calls: Disk.erase | Proxy._wrap   implicit: Proxy.__getattr__   runs: Proxy.__getattr__ | Disk.erase
below = Below(Disk())
below.erase()  # calls: Disk.erase | Proxy._wrap   implicit: Proxy.__getattr__   runs: Proxy.__getattr__ | Disk.erase
