"""A loop runs `__iter__` and `__next__`; what it gives has the type that `__next__` returns."""


class Pages:
    def __iter__(self):
        return PageIterator()


class PageIterator:
    def __init__(self):
        self.left = 2

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return Page()


class Page:
    def print(self):
        return 1


for page in Pages():  # implicit: PageIterator.__next__ | Pages.__iter__   runs: PageIterator.__next__ | Pages.__iter__
    page.print()  # calls: Page.print   runs: Page.print
pages = Pages()
[page.print() for page in pages]  # calls: Page.print   implicit: PageIterator.__next__ | Pages.__iter__   runs: Page.print | PageIterator.__next__ | Pages.__iter__
list(pages)[0].print()  # calls: Page.print   implicit: PageIterator.__next__ | Pages.__iter__   runs: Page.print | PageIterator.__next__ | Pages.__iter__
iterator = iter(pages)  # implicit: Pages.__iter__   runs: Pages.__iter__
next(iterator).print()  # calls: Page.print   implicit: PageIterator.__next__   runs: Page.print | PageIterator.__next__
for page in iterator:  # implicit: PageIterator.__iter__ | PageIterator.__next__   runs: PageIterator.__iter__ | PageIterator.__next__
    page.print()  # calls: Page.print   runs: Page.print
for page in [Page()]:  # implicit: none
    page.print()  # calls: Page.print   runs: Page.print
