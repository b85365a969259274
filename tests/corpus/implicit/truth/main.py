"""Conditions ask `__bool__`, or `__len__`; comparisons with `None` do not."""


class Flag:
    def __bool__(self):
        return True


class Sized:
    def __len__(self):
        return 0


class Plain:
    pass


flag, sized, plain = Flag(), Sized(), Plain()
if flag:  # implicit: Flag.__bool__   runs: Flag.__bool__
    pass
if not sized:  # implicit: Sized.__len__   runs: Sized.__len__
    pass
while not flag:  # implicit: Flag.__bool__   runs: Flag.__bool__
    pass
flag and 1  # implicit: Flag.__bool__   runs: Flag.__bool__
sized or 1  # implicit: Sized.__len__   runs: Sized.__len__
1 if flag else 2  # implicit: Flag.__bool__   runs: Flag.__bool__
[x for x in [1] if flag]  # implicit: Flag.__bool__   runs: Flag.__bool__
assert flag  # implicit: Flag.__bool__   runs: Flag.__bool__
if plain and flag:  # implicit: Flag.__bool__   runs: Flag.__bool__
    pass
if not (flag and sized):  # implicit: Flag.__bool__ | Sized.__len__   runs: Flag.__bool__ | Sized.__len__
    pass
while plain and (None or not flag or sized):  # implicit: Flag.__bool__ | Sized.__len__   runs: Flag.__bool__ | Sized.__len__
    pass
any([flag])  # implicit: Flag.__bool__   runs: Flag.__bool__
if plain:  # implicit: none
    pass
if flag is not None:  # implicit: none
    pass
