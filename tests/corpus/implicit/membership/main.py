"""`in` asks the container, or iterates, or compares the elements of a list."""


class Range:
    def __contains__(self, item):
        return True

    def __iter__(self):
        return iter(())


class Stream:
    def __iter__(self):
        return iter([1])


class Tag:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return self.name == other.name


1 in Range()  # implicit: Range.__contains__   runs: Range.__contains__
1 in Stream()  # implicit: Stream.__iter__   runs: Stream.__iter__
tag, other = Tag("a"), Tag("b")
tag in [other]  # implicit: Tag.__eq__   runs: Tag.__eq__
[other].index(Tag("b"))  # calls: Tag.__init__ | ext builtins.list.index   unseen: Tag.__eq__   runs: Tag.__eq__ | Tag.__init__
"a" in ["b"]  # implicit: none
