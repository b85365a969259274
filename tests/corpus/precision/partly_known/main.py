"""A value of which some values are known, and others are not, may be more than is known of it.

What nobody can read here comes from `eval`: from a parameter, a result, a field, a name, an item.
"""


class Plain:
    def name(self):
        return "plain"


class Other:
    def name(self):
        return "other"


def unread():
    return eval("Other()")


# -- parameters -------------------------------------------------------------------------------


def passed(thing):
    thing.name()  # calls: Plain.name | ?   exact: no   runs: Plain.name | Other.name


passed(Plain())
passed(unread())


def named(first, thing=None):
    thing.name()  # calls: Plain.name | ?   exact: no   runs: Plain.name | Other.name


named(1, thing=Plain())
named(1, **{"thing": unread()})


def spread(thing):
    thing.name()  # calls: Plain.name | ?   exact: no   runs: Plain.name | Other.name


spread(Plain())
spread(*[unread()])


def annotated(thing: Plain):
    thing.name()  # calls: Plain.name   exact: declared   runs: Plain.name


annotated(Plain())
annotated(eval("Plain()"))


def known(thing):
    thing.name()  # calls: Plain.name   exact: yes   runs: Plain.name


known(Plain())
known(thing=Plain())


# -- results, and circles of them -------------------------------------------------------------


def either(which):
    if which:
        return Plain()
    return unread()


either(True).name()  # calls: either | Plain.name | ?   runs: either | Plain.name
either(False).name()  # calls: either | Plain.name | ?   runs: either | Other.name


def down(count):
    if count:
        return round_again(count - 1)
    return Plain()


def round_again(count):
    if count > 5:
        return unread()
    return down(count)


down(1).name()  # calls: down | Plain.name | ?   runs: down | Plain.name
round_again(9).name()  # calls: round_again | Plain.name | ?   runs: round_again | Other.name


def closed_down(count):
    return closed_again(count - 1) if count else Plain()


def closed_again(count):
    return closed_down(count)


closed_down(1).name()  # calls: closed_down | Plain.name   exact: yes   runs: closed_down | Plain.name


# -- fields, properties and class attributes ----------------------------------------------------


class Holder:
    kept = Plain()

    def __init__(self):
        self.thing = Plain()
        self.whole = Plain()
        self.noted: Plain = eval("Plain()")

    def change(self):
        self.thing = unread()

    @property
    def given(self):
        return either(False)

    def use(self):
        self.thing.name()  # calls: Plain.name | ?   exact: no   runs: Other.name
        self.given.name()  # calls: Plain.name | ?   implicit: Holder.given   runs: Holder.given | Other.name
        self.kept.name()  # calls: Plain.name | ?   exact: no   runs: Other.name
        self.whole.name()  # calls: Plain.name   exact: yes   runs: Plain.name
        self.noted.name()  # calls: Plain.name   exact: declared   runs: Plain.name


holder = Holder()
holder.change()
holder.kept = unread()
holder.use()


# -- names of other scopes ----------------------------------------------------------------------

current = Plain()
constant = Plain()


def switch():
    global current
    current = unread()


def ask_current():
    current.name()  # calls: Plain.name | ?   exact: no   runs: Other.name
    constant.name()  # calls: Plain.name   exact: yes   runs: Plain.name


switch()
ask_current()


def around():
    inner = Plain()

    def change():
        nonlocal inner
        inner = unread()

    change()
    inner.name()  # calls: Plain.name | ?   exact: no   runs: Other.name


around()


# -- items of containers ------------------------------------------------------------------------

things = {"plain": Plain(), "other": unread()}
things["plain"].name()  # calls: Plain.name   exact: yes   runs: Plain.name
registered = {}
registered["plain"] = Plain()
registered[str("other")] = unread()
registered["plain"].name()  # calls: Plain.name | ?   exact: no   runs: Plain.name
row = [Plain()]
row.append(unread())
for each in row:
    each.name()  # calls: Plain.name | ?   exact: no   runs: Plain.name | Other.name
first, second = Plain(), unread()
first.name()  # calls: Plain.name   exact: yes   runs: Plain.name


# -- what comes beside a `with`, an `await`, an import ------------------------------------------


class Opened:
    def __enter__(self):
        return either(False)

    def __exit__(self, *error):
        return None


with Opened() as opened:
    opened.name()  # calls: Plain.name | ?   exact: no   runs: Other.name


def some():
    yield Plain()
    yield unread()


for each in some():
    each.name()  # calls: Plain.name | ?   exact: no   runs: Plain.name | Other.name


class Shelf:
    def __getitem__(self, place):
        return either(place)

    def __iter__(self):
        return some()

    def __add__(self, other):
        return either(other)


shelf = Shelf()
shelf[0].name()  # calls: Plain.name | ?   implicit: Shelf.__getitem__   runs: Shelf.__getitem__ | Other.name
(shelf + 0).name()  # calls: Plain.name | ?   implicit: Shelf.__add__   runs: Shelf.__add__ | Other.name
for each in shelf:
    each.name()  # calls: Plain.name | ?   exact: no   runs: Plain.name | Other.name
