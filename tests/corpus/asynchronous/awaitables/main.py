"""`await` of an instance runs `__await__`."""

import asyncio


class Ready:
    def __await__(self):
        yield from ()
        return Result()


class Result:
    def use(self):
        return 1


async def plain():
    return Result()


async def main():
    (await Ready()).use()  # calls: Result.use | ext builtins.object.__init__   implicit: Ready.__await__   runs: Ready.__await__ | Result.use
    (await plain()).use()  # calls: plain | Result.use   implicit: none   runs: Result.use | plain


asyncio.run(main())
