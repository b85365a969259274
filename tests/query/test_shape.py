"""One shape, one budget, one index: what every answer has."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import jsonschema
import pytest

from tests.query.conftest import TARGET, Ask
from tracer.bundle.codec import query_schema
from tracer.errors import QueryError
from tracer.model.query import Query
from tracer.pipeline.query import query
from tracer.query.fit import answer_object, compact, tokens
from tracer.report.query import render_query

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "query-1.json"
QUESTIONS = (
    ("callers", "close"),
    ("callees", "close"),
    ("path", "begin", "Base.save"),
    ("path", "tally", "close"),
    ("effects", "open_up"),
    ("find", "s"),
    ("unresolved",),
    ("explain", "close", "Base.save"),
    ("callers", "save"),
)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    """A reader who validates against it meets no surprise."""
    assert json.loads(SCHEMA.read_text("utf-8")) == query_schema()


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
@pytest.mark.parametrize("detail", ["brief", "full"])
def test_every_answer_has_the_published_shape(
    ask: Ask, question: tuple[str, ...], detail: str
) -> None:
    """Both details, an answer that is none included; and the text says the sentence first."""
    answer = ask(*question, detail=detail)
    data = json.loads(compact(answer_object(answer)))
    jsonschema.validate(data, json.loads(SCHEMA.read_text("utf-8")))
    assert list(data)[:3] == ["schema", "ok", "data"]
    assert render_query(answer).startswith(answer.data.answer)


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
@pytest.mark.parametrize("budget", [1, 300, 500, 5000])
def test_a_budget_is_kept_or_told(ask: Ask, question: tuple[str, ...], budget: int) -> None:
    """An answer is within its tokens, or says that what is never left out takes more."""
    whole, answer = ask(*question, detail="full"), ask(*question, detail="full", max_tokens=budget)
    assert tokens(answer) <= budget or any("never left out" in t for t in answer.truncated)
    assert answer.data.subjects == whole.data.subjects
    assert answer.total == whole.total
    assert bool(answer.truncated) or compact(answer_object(answer)) == compact(answer_object(whole))
    if whole.returned:
        assert answer.returned >= 1


def test_truncation_counts_what_is_left_out(ask: Ask) -> None:
    """By list, with the bound that did it."""
    answer = ask("find", "s", max_tokens=350)
    assert 1 <= answer.returned < answer.total
    assert f"{answer.returned} of {answer.total} functions shown" in answer.truncated[0]


def test_a_changed_file_makes_the_index_anew(tmp_path: Path, ask: Ask) -> None:
    """Unless the old one is good enough: then the answer names what has changed."""
    root = tmp_path / "tree"
    shutil.copytree(TARGET, root)
    assert ask("callers", "lonely", root=root).total == 0
    desk = root / "shop" / "desk.py"
    desk.write_text(desk.read_text() + "\n\ndef friend():\n    return lonely()\n")
    old = query(Query("callers", ("lonely",), detail="full"), root, stale_ok=True)
    assert old.staleness.changed_files == ("shop/desk.py",)
    assert old.total == 0
    assert old.anchors[0].quote == ""  # a line of a file that has changed says nothing
    new = ask("callers", "lonely", root=root)
    assert new.staleness.changed_files == ()
    assert [edge.caller for edge in new.data.edges] == ["shop/desk.py::friend"]
    (root / "shop" / "more.py").write_text("from shop.desk import lonely\n\nlonely()\n")
    assert ask("callers", "lonely", root=root).total == 2
    (root / "shop" / "more.py").unlink()
    assert ask("callers", "lonely", root=root).total == 1


def test_a_damaged_index_is_made_again(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As is one that cannot be written: that costs time and no answer."""
    monkeypatch.setenv("TRACER_CACHE_DIR", str(tmp_path / "cache"))
    first = ask("callers", "close")
    (index,) = (tmp_path / "cache" / "queries").glob("*.sqlite3")
    index.write_bytes(b"SQLite format 3\0" + b"\0" * 4000)
    assert ask("callers", "close") == first
    index.unlink()
    index.mkdir()
    assert ask("callers", "close") == first


def test_nothing_is_written_below_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cache would lie below it, there is none."""
    root = tmp_path / "tree"
    shutil.copytree(TARGET, root)
    monkeypatch.setenv("TRACER_CACHE_DIR", str(root / "cache"))
    assert query(Query("callers", ("close",)), root).total == 1
    assert not (root / "cache" / "queries").exists()


def test_the_same_tree_gives_the_same_answer(tmp_path: Path, ask: Ask) -> None:
    """Whether it was read just now or long ago, and wherever it lies."""
    shutil.copytree(TARGET, tmp_path / "tree")
    first = ask("callees", "close", root=tmp_path / "tree")
    again = ask("callees", "close", root=tmp_path / "tree")
    assert compact(answer_object(first)) == compact(answer_object(again))


def test_a_question_of_another_form_is_refused() -> None:
    """With what was expected."""
    with pytest.raises(QueryError, match="expected 2 names"):
        query(Query("path", ("close",)), TARGET)


def test_a_warm_answer_is_quick(ask: Ask) -> None:
    """Nothing is read again: a tenth of a second is plenty for a small tree."""
    ask("callers", "close")
    start = time.process_time()
    ask("callers", "close")
    assert time.process_time() - start < 0.1


def test_places_that_read_the_same_are_named(ask: Ask, tmp_path: Path) -> None:
    """In whichever function they lie: the first ones, and all in full."""
    callers = "".join(f"def use_{n}(given):\n    given.save()\n\n\n" for n in range(6))
    (tmp_path / "m.py").write_text("class Store:\n    def save(self): ...\n\n\n" + callers)
    brief, full = (ask("callers", "Store.save", root=tmp_path, detail=d) for d in ("brief", "full"))
    others = tuple(f"m.py::use_{n} m.py:{6 + 4 * n}" for n in range(1, 6))
    for answer, named in ((brief, others[:3]), (full, others)):
        (site,) = answer.data.open_sites
        assert (site.caller, site.more, site.also) == ("m.py::use_0", 5, named)
    told = [line.strip() for line in render_query(brief).splitlines() if "like it:" in line]
    assert told == [f"like it: {place}" for place in (*others[:3], "…")]
    assert render_query(full).count("like it: ") == 5
