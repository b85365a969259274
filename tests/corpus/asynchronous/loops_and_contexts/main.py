"""`async for` and `async with` run the asynchronous methods."""

import asyncio
from contextlib import asynccontextmanager


class Feed:
    def __init__(self):
        self.left = 1

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return Entry()


class Entry:
    def read(self):
        return 1


class Session:
    async def __aenter__(self):
        return Entry()

    async def __aexit__(self, *error):
        return None


async def entries():
    yield Entry()


@asynccontextmanager
async def opened():
    yield Entry()


async def main():
    async for entry in Feed():  # calls: Feed.__init__   implicit: Feed.__aiter__ | Feed.__anext__   runs: Feed.__aiter__ | Feed.__anext__ | Feed.__init__
        entry.read()  # calls: Entry.read   runs: Entry.read
    async for entry in entries():  # calls: entries   implicit: none   runs: entries
        entry.read()  # calls: Entry.read   runs: Entry.read
    async with Session() as session:  # calls: Session.__aenter__ | Session.__aexit__ | ext builtins.object.__init__   runs: Session.__aenter__ | Session.__aexit__
        session.read()  # calls: Entry.read   runs: Entry.read
    async with opened() as other:  # calls: opened   runs: opened
        other.read()  # calls: Entry.read   runs: Entry.read
    [entry.read() async for entry in entries()]  # calls: entries | Entry.read   runs: Entry.read | entries


asyncio.run(main())
