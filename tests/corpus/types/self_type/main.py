"""`Self`, a returned `self` and `cls()` are of the receiver's class."""

import sys

if sys.version_info >= (3, 11):
    from typing import Self


class Query:
    def where(self) -> "Self":
        return self

    def order(self):
        return self

    @classmethod
    def all(cls):
        return cls()

    def send(self):
        return "query"


class UserQuery(Query):
    def adults(self) -> "Self":
        return self

    def send(self):
        return "users"


UserQuery().where().adults().order().send()  # calls: Query.where | UserQuery.adults | Query.order | UserQuery.send | ext builtins.object.__init__   runs: Query.order | Query.where | UserQuery.adults | UserQuery.send
UserQuery.all().where().adults()  # calls: Query.all | Query.where | UserQuery.adults   runs: Query.all | Query.where | UserQuery.adults
Query().where().send()  # calls: Query.where | Query.send | ext builtins.object.__init__   runs: Query.send | Query.where
