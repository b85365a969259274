"""In a loop that does not bind it, `self` is the object of this very method, and of no other."""


class Engine:
    def pages(self):
        found = []
        while len(found) < 2:
            page = self.page()  # calls: Search.page   runs: Search.page
            for _ in range(1):
                found.append(self.read(page))  # calls: Search.read | ext builtins.list.append   runs: Search.read
        return found

    def page(self):
        return ""

    def read(self, page):
        return None


class Search(Engine):
    def page(self):
        return "a"

    def read(self, page):
        return page


class Table(Engine):
    def pages(self):
        return [self.read("b")]  # calls: Table.read   runs: Table.read

    def page(self):
        return "never asked for"

    def read(self, page):
        return page


class Chain:
    def last(self):
        while self.next:
            self = self.next
        return self.name()  # calls: Chain.name | Link.name   runs: Link.name

    def name(self):
        return "chain"


class Link:
    next = None

    def name(self):
        return "link"


for engine in (Search, Table):
    engine().pages()  # calls: Engine.pages | Table.pages | ext builtins.object.__init__   runs: Engine.pages | Table.pages
chain = Chain()
chain.next = Link()
chain.last()  # calls: Chain.last   runs: Chain.last
