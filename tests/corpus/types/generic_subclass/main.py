"""A subclass that fixes a type variable fixes what inherited methods return."""

from typing import Generic, TypeVar

T = TypeVar("T")


class User:
    def greet(self):
        return 1


class Order:
    def greet(self):
        return 2


class Repository(Generic[T]):
    def __init__(self, rows: list[T]):
        self.rows = rows

    def load(self) -> T:
        return self.rows[0]


class Users(Repository[User]):
    def hello(self):
        return self.load().greet()  # later: Repository.load | User.greet   runs: Repository.load | User.greet


class Orders(Repository[Order]):
    def hello(self):
        return self.load().greet()  # later: Repository.load | Order.greet   runs: Order.greet | Repository.load


Users([User()]).hello()  # calls: Repository.__init__ | Users.hello | ext builtins.object.__init__   runs: Repository.__init__ | Users.hello
Orders([Order()]).hello()  # calls: Repository.__init__ | Orders.hello | ext builtins.object.__init__   runs: Orders.hello | Repository.__init__
