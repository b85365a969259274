"""`with` enters and leaves an object of the tree."""

from contextlib import contextmanager


class Session:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None

    def query(self):
        return 1


@contextmanager
def opened():
    yield Session()


with Session() as session:  # calls: Session.__enter__ | Session.__exit__ | ext builtins.object.__init__
    session.query()  # calls: Session.query   runs: Session.query
with opened() as session:  # calls: opened
    session.query()  # calls: Session.query   runs: Session.query
