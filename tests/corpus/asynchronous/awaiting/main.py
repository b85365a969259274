"""A coroutine belongs to the line that calls it; `await` gives what it returns."""

import asyncio


class Reply:
    def text(self):
        return "ok"


class Client:
    async def get(self):
        return Reply()

    def get_later(self):
        return self.get()  # calls: Client.get   runs: Client.get


async def fetch():
    reply = await Client().get()  # calls: Client.get | ext builtins.object.__init__   implicit: none   runs: Client.get
    reply.text()  # calls: Reply.text   runs: Reply.text
    pending = Client().get_later()  # calls: Client.get_later | ext builtins.object.__init__   runs: Client.get_later
    (await pending).text()  # calls: Reply.text   implicit: none   runs: Reply.text
    return reply


async def main():
    (await fetch()).text()  # calls: fetch | Reply.text   runs: Reply.text | fetch
    task = asyncio.create_task(fetch())  # calls: fetch | ext asyncio.create_task   runs: fetch
    (await task).text()  # calls: Reply.text   runs: Reply.text
    first, second = await asyncio.gather(fetch(), fetch())  # calls: fetch | ext asyncio.gather   runs: fetch
    first.text()  # calls: Reply.text   runs: Reply.text
    (await asyncio.wait_for(fetch(), 5)).text()  # calls: fetch | Reply.text | ext asyncio.wait_for   runs: Reply.text | fetch


asyncio.run(main())  # calls: main | ext asyncio.run   runs: main
