"""Programs that once ended the static analysis with an exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

PROGRAMS = {
    "a member of its class that is itself": "class C(b):\n    b = C.b\n    b()\nC.b()\n",
    "arguments handed on to oneself, each time one place further on": """
def walk(*steps):
    walk(1, *steps)
    other(2, *steps)

def other(first, *steps):
    walk(first, 3, *steps)

walk(0)
""",
    "a list that holds itself is raised": """
errors = [ValueError]
errors.append(errors)
try:
    raise errors
except errors as error:
    print(error)
""",
    "a tuple of tuples of classes is raised": """
def grow(errors):
    errors = (errors, ValueError)
    grow(errors)
    raise errors

grow(())
""",
    "a class that is its own base": """
class A: ...
class B(A): ...
A = B
class A(A): ...
class C(C): ...
C()
""",
    "wrappers of wrappers without an end": """
import functools, operator, types
def f(*given, **named): return g(functools.partial(f, 1, *given), **named)
def g(*given, **named): return f(functools.partialmethod(g, 1), *given, **{"a": named})
class A:
    m = f
    while f:
        f = functools.partial(f, f)
        m = staticmethod(m)
        m = classmethod(m)
        m = property(m)
        m = m.setter(m)
        m = functools.wraps(m)(m)
        m = functools.singledispatch(m)
        m = functools.partialmethod(m, m)
        m = functools.cached_property(m)
        m = types.MethodType(m, m)
f(*map(f, [f]))
A.f(A.m, A().m, operator.attrgetter("m")(A), super(A, A()).m)
while f:
    f = f(f)
    f = (f, f)
    f = [f]
    f = {"f": f}
    f = map(f, f)
    f = iter(f)
    f, *f = f
    f = f[f].f(f)
    f = lambda f=f: f(f)
    f = type(f)(f)
    f = type("f", (f,), {"f": f})
    f += f
    raise f from f(*f, **f)
""",
    "properties, managers and iterators that call themselves": """
class A:
    @property
    def a(self): return self.a.a(self.a)
    def __getattr__(self, name): return getattr(self, name)(name)
    def __getitem__(self, key): return self[key][self]
    def __iter__(self): yield from self; yield from iter(self)
    def __next__(self): return next(self)
    def __call__(self, *given): return self(*given)(self, *given)
    def __enter__(self):
        with self as inner, inner: return inner
    def __exit__(self, *error): return self.__exit__(*error, *error)
    def __get__(self, obj, cls): return self.__get__(self, self)
    def __add__(self, other): return self + other + self
    def __new__(cls, *given): return cls(cls, *given)
    def __class_getitem__(cls, item): return cls[item][cls]
    async def run(self):
        async for one in self: await one
        async with self as inner: await inner.run()
        return await self.run()
    b = a
with A() as a:
    a = a.a[a](a) + a
""",
    "containers that hold themselves are asked for everything": """
items = [1]
items.append(items)
table = {"a": items}
table["a"] = table
table.update(table, **table)
for one, *rest in items:
    one(*rest, **table)
print(isinstance(items, items), str(items), sorted(items, key=items), items + items)
with items as context:
    del context[0]
match items:
    case [[[one]], *others]:
        one(others)
first, (second, *third) = items
""",
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_programs_of_all_kinds_have_a_call_graph(tmp_path: Path, text: str) -> None:
    """Whatever a program does to itself, there is an answer."""
    (tmp_path / "main.py").write_text(text, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    assert graph.resolutions
