"""A method of a base outside runs methods of the subclass; so does a function that is given one."""

import ast
import json
import string
import threading
from collections.abc import MutableMapping
from html.parser import HTMLParser


class Names(ast.NodeVisitor):
    def visit_Module(self, node):
        self.generic_visit(node)  # calls: Below.visit_Call | Names.visit_Module | Names.visit_Name | ext ast.NodeVisitor.generic_visit   runs: Names.visit_Name

    def visit_Name(self, node):
        return node.id


class Below(Names):
    def visit_Call(self, node):
        return node


class Worker(threading.Thread):
    def run(self):
        return 1


class Restarted(Worker):
    def start(self):
        super().start()  # calls: Worker.run | ext threading.Thread.start


class Encoder(json.JSONEncoder):
    def default(self, given):
        return str(given)


class Page(HTMLParser):
    def handle_starttag(self, tag, attributes):
        return tag

    def handled(self):
        return 1


class Store(MutableMapping):
    def __init__(self):
        self.held = {}

    def __getitem__(self, key):
        return self.held[key]

    def __setitem__(self, key, value):
        self.held[key] = value

    def __delitem__(self, key):
        del self.held[key]

    def __iter__(self):
        return iter(self.held)

    def __len__(self):
        return len(self.held)


class Words(string.Formatter):
    def get_value(self, key, args, kwargs):
        return kwargs.get(key, "")


Names().visit(ast.parse("x"))  # calls: Names.visit_Module | Names.visit_Name | ext ast.NodeVisitor.__init__ | ext ast.NodeVisitor.visit | ext ast.parse   tier: type   runs: Names.visit_Module
worker = Worker()
worker.start()  # calls: Worker.run | ext threading.Thread.start   tier: type
worker.join()
again = Restarted()
again.start()  # calls: Restarted.start   exact: yes   runs: Restarted.start
again.join()
json.dumps({"a": {1}}, cls=Encoder)  # calls: Encoder.default | ext json.dumps   runs: Encoder.default
Encoder().encode({1})  # calls: Encoder.default | ext json.JSONEncoder.__init__ | ext json.JSONEncoder.encode   runs: Encoder.default
Page().feed("<p>")  # calls: Page.handle_starttag | ext html.parser.HTMLParser.__init__ | ext html.parser.HTMLParser.feed   runs: Page.handle_starttag
store = Store()
store.update(a=1)  # calls: Store.__setitem__ | ext collections.abc.MutableMapping.update   runs: Store.__setitem__
store.get("a")  # later: Store.__getitem__ | ext collections.abc.MutableMapping.get   runs: Store.__getitem__
Words().format("{a}", a=1)  # calls: Words.get_value | ext string.Formatter.__init__ | ext string.Formatter.format   runs: Words.get_value
