"""`del` of an item or attribute runs a method of its class; a list runs none of the tree."""


class Shelf:
    def __init__(self):
        self.books = {"a": 1}

    def __delitem__(self, key):
        del self.books[key]  # implicit: none

    def __delattr__(self, name):
        return None


shelf = Shelf()
del shelf["a"]  # implicit: Shelf.__delitem__   runs: Shelf.__delitem__
del shelf.books  # implicit: Shelf.__delattr__   runs: Shelf.__delattr__
numbers = [1]
del numbers[0]  # implicit: none
