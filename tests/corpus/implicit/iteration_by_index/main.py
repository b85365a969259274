"""Without `__iter__`, a loop and `in` run `__getitem__` until it raises."""


class Shelf:
    def __getitem__(self, index):
        if index > 1:
            raise IndexError
        return Book()


class Book:
    def read(self):
        return 1


class Both:
    def __getitem__(self, index):
        return 1

    def __iter__(self):
        return iter(())


for book in Shelf():  # implicit: Shelf.__getitem__   runs: Shelf.__getitem__
    book.read()  # calls: Book.read   runs: Book.read
3 in Shelf()  # implicit: Shelf.__getitem__   runs: Shelf.__getitem__
list(Both())  # implicit: Both.__iter__   runs: Both.__iter__
