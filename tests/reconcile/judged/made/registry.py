import os

KEPT = {}
LISTS = {"a": []}


def add(name):
    KEPT[name] = 1
    return name


def made(name):
    return name


add("first")
add("second")
made("third")
KEPT["x"] = 2
KEPT.update(b=1)
os.makedirs("made")
open("made/file", "w").close()
first = add("fourth"); second = made("fifth")
with open("a", "w") as one, open("b", "w") as two:
    one.write("x")
add("sixth")
LISTS["b"] = [KEPT]
LISTS.update(c=[])
made("seventh")
made("eighth")
made(add("ninth"))
made("tenth")
