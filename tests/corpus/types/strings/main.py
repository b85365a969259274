"""An annotation in quotes is an annotation, whole or in part, before its class is defined."""

from typing import Optional


def whole(item: "Item"):
    return item.name()  # calls: Item.name   runs: Item.name


def part(item: Optional["Item"], rest: list["Item"]):
    for each in rest:
        each.name()  # calls: Item.name   runs: Item.name
    return item.name()  # calls: Item.name   runs: Item.name


def inside(items: "dict[str, list[Item]]"):
    return items["a"][0].name()  # calls: Item.name   runs: Item.name


def a_word(item: "no such thing"):
    return item.name()  # calls: ?


class Item:
    def name(self):
        return "item"


class Other:
    def name(self):
        return "other"


whole(Item())
part(Item(), [Item()])
inside({"a": [Item()]})
Other().name()  # calls: Other.name | ext builtins.object.__init__   runs: Other.name
