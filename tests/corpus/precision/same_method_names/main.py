"""Many classes have the method; the receiver's own is the one that runs."""


class Reader:
    def open(self):
        return Parser()

    def close(self):
        return 1


class Parser:
    def open(self):
        return Writer()

    def close(self):
        return 2


class Writer:
    def open(self):
        return Reader()

    def close(self):
        return 3


def twice(thing):
    return thing.open().open()  # calls: Parser.open | Reader.open   runs: Parser.open | Reader.open


def open():
    return 4


Reader().open().close()  # calls: Parser.close | Reader.open | ext builtins.object.__init__   runs: Parser.close | Reader.open
Reader().open().open().close()  # calls: Parser.open | Reader.open | Writer.close | ext builtins.object.__init__   runs: Parser.open | Reader.open | Writer.close
twice(Reader()).close()  # calls: Writer.close | twice | ext builtins.object.__init__   runs: Writer.close | twice
open()  # calls: open   runs: open
