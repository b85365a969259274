"""What a generic holds: elements, keys, values, and positions of a tuple."""

from collections.abc import Iterable, Iterator, Mapping, Sequence


class Key:
    def use(self):
        return 1


class Value:
    def use(self):
        return 2


def of_list(values: list[Value]):
    values[0].use()  # calls: Value.use   runs: Value.use
    values[0:1][0].use()  # calls: Value.use   runs: Value.use
    [value.use() for value in values]  # calls: Value.use   runs: Value.use


def of_dict(table: dict[Key, Value]):
    for key in table:
        key.use()  # calls: Key.use   runs: Key.use
        table[key].use()  # calls: Value.use   runs: Value.use
    for key, value in table.items():
        key.use()  # calls: Key.use   runs: Key.use
        value.use()  # calls: Value.use   runs: Value.use
    next(iter(table.values())).use()  # calls: Value.use | ext builtins.dict.values   runs: Value.use


def of_tuple(pair: tuple[Key, Value], many: tuple[Value, ...]):
    pair[0].use()  # calls: Key.use   runs: Key.use
    first, second = pair
    second.use()  # calls: Value.use   runs: Value.use
    many[3].use()  # calls: Value.use   runs: Value.use


def abstract(a: Iterable[Key], b: Iterator[Value], c: Sequence[Key], d: Mapping[str, Value]):
    for each in a:
        each.use()  # calls: Key.use   runs: Key.use
    next(b).use()  # calls: Value.use   runs: Value.use
    c[0].use()  # calls: Key.use   runs: Key.use
    d["x"].use()  # calls: Value.use   runs: Value.use


of_list([Value()])
of_dict({Key(): Value()})
of_tuple((Key(), Value()), (Value(),) * 4)
abstract([Key()], iter([Value()]), [Key()], {"x": Value()})
