"""`with` runs what enters and leaves, also for several managers and for a generator's."""

from contextlib import ExitStack, closing, contextmanager


class Lock:
    def __enter__(self):
        return Held()

    def __exit__(self, *error):
        return None

    def close(self):
        return 3


class Held:
    def use(self):
        return 1


@contextmanager
def held():
    yield Held()


class Maker:
    @contextmanager
    def session(self):
        yield Lock()


lock = Lock()
with lock:  # calls: Lock.__enter__ | Lock.__exit__   implicit: none   runs: Lock.__enter__ | Lock.__exit__
    pass
with lock as first, held() as second:  # calls: Lock.__enter__ | Lock.__exit__ | held   runs: Lock.__enter__ | Lock.__exit__ | held
    first.use()  # calls: Held.use   runs: Held.use
    second.use()  # calls: Held.use   runs: Held.use
with Maker().session() as again:  # calls: Maker.session | ext builtins.object.__init__   runs: Maker.session
    again.close()  # calls: Lock.close   runs: Lock.close
with ExitStack() as stack:
    stack.enter_context(lock).use()  # calls: Held.use | Lock.__enter__ | ext contextlib.ExitStack.enter_context   runs: Held.use | Lock.__enter__
with closing(lock) as same:
    same.close()  # calls: Lock.close   runs: Lock.close
