"""`tracer contrast`: its streams, its exit statuses, and what bad input gets."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import PROJECT, TARGET, Tracer
from tracer.bundle.codec import json_schema
from tracer.model.contrast import CONTRAST_SCHEMA, Contrast

_PAIRS = PROJECT / "tests" / "contrast" / "programs"
_BUNDLES = _PAIRS / "bundles"
_SAMPLE = PROJECT / "reports" / "ptycho_mini"


def test_json_is_one_object_of_the_published_schema(tracer: Tracer) -> None:
    """With the rows, what B lacks, and the open questions under `unknown`."""
    done = tracer("contrast", "a.load", "b.load", "--root", _PAIRS / "unaligned", "--json")
    answer = json.loads(done.out)
    assert (done.status, done.err) == (0, "")
    assert answer["ok"] is True
    assert answer["data"]["schema"] == CONTRAST_SCHEMA
    schema = json.loads((PROJECT / "docs/schemas/contrast-1.json").read_text("utf-8"))
    assert schema == json_schema(Contrast)
    jsonschema.validate(answer["data"], schema)
    assert {row["verdict"] for row in answer["data"]["rows"]} >= {"same", "unknown"}
    assert answer["unknown"][0]["what"].startswith("global state")
    assert "tracer trace" in answer["unknown"][0]["next"]
    quotes = {
        anchor["quote"]
        for row in answer["data"]["rows"]
        for fact in row["a"]
        for anchor in fact["anchors"]
    }
    assert "CFG.update(first) # global state: unknown" in quotes


def test_differences_are_an_answer_and_a_side_at_odds_with_itself_is_not(tracer: Tracer) -> None:
    """Exit status 0 where the sides differ; 1 where one writes what it never reads."""
    apart = tracer("contrast", "a.save", "b.save", "--root", _BUNDLES, "--quiet")
    assert (apart.status, apart.err) == (0, "")
    assert "differs" in apart.out
    both = tracer("contrast", "a.save,a.load", "b.save,b.load", "--root", _BUNDLES, "--quiet")
    assert both.status == 1
    assert "a side that does not agree with itself" in both.out
    assert (
        "A: `custom_objects.pkl`, `manifest.pkl` in `weights.zip`: written, and never" in both.out
    )


def test_markdown_goes_to_a_file(tracer: Tracer, tmp_path: Path) -> None:
    """Nothing on stdout then, and the document names both sides."""
    done = tracer(
        "contrast", "a.save", "b.save", "--root", _BUNDLES, "-o", tmp_path / "c.md", "--quiet"
    )
    assert (done.status, done.out) == (0, "")
    assert "entry points `b.py::save`" in (tmp_path / "c.md").read_text()
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["c.md"]


def test_two_trees(tracer: Tracer) -> None:
    """`--root-b` gives the second side its own tree; places are quoted from their own."""
    done = tracer(
        *("contrast", "a.save", "b.save", "--root", _BUNDLES),
        *("--root-b", _PAIRS / "helpers", "--json"),
    )
    data = json.loads(done.out)["data"]
    assert data["a"]["tree"] != data["b"]["tree"]
    (returned,) = [row for row in data["rows"] if row["touchpoint"] == "arguments"]
    assert returned["b"][0]["anchors"][0]["quote"].startswith("def save(all_models, folder):")


def test_a_bundle_with_and_without_its_sources(tracer: Tracer) -> None:
    """With them, all is the same and runs are told; without them, what is missing says why."""
    given = tracer("contrast", _SAMPLE, _SAMPLE, "--root", TARGET, "--json")
    rows = json.loads(given.out)["data"]["rows"]
    assert {row["verdict"] for row in rows} == {"same"}
    assert "confirmed" in {fact["seen"] for row in rows for fact in row["a"]}
    alone = tracer("contrast", _SAMPLE, _SAMPLE, "--json")
    answer = json.loads(alone.out)
    unknown = [row for row in answer["data"]["rows"] if row["verdict"] == "unknown"]
    assert list(dict.fromkeys(row["touchpoint"] for row in unknown)) == [
        *("arguments", "manifest", "custom objects", "parameter snapshot", "metadata", "weights"),
        *("other members", "version", "errors caught", "return"),
    ]
    assert all("--root" in row["why"] for row in unknown)
    assert any("without its sources" in limit for limit in answer["truncated"])


def test_briefs_and_hints(tracer: Tracer, tmp_path: Path) -> None:
    """A brief stands for what it names; a hint chooses one of several functions of a name."""
    brief = tmp_path / "brief.md"
    brief.write_text("# Analysis question\n\nHow does `a.save` write `weights.zip`?\n")
    done = tracer("contrast", brief, "save", "--root", _BUNDLES, "--hint", "b.py", "--json")
    data = json.loads(done.out)["data"]
    assert (data["a"]["kind"], data["a"]["entries"]) == ("brief", ["a.py::save"])
    assert data["b"]["entries"] == ["b.py::save"]


def test_a_table_of_ones_own_comes_first(tracer: Tracer, tmp_path: Path) -> None:
    """Its touchpoints head the report, and one of a known name replaces ours."""
    table = tmp_path / "mine.toml"
    table.write_text(
        '[[touchpoint]]\nname = "loggers"\nsource = "members"\nwords = ["manifest"]\n'
        '[[touchpoint]]\nname = "return"\nsource = "returns"\nrole = "save"\n'
    )
    done = tracer(
        *("contrast", "a.load", "b.load", "--root", _BUNDLES, "--touchpoints", table, "--json")
    )
    found = [row["touchpoint"] for row in json.loads(done.out)["data"]["rows"]]
    assert "return" not in found
    done = tracer(
        *("contrast", "a.save", "b.save", "--root", _BUNDLES, "--touchpoints", table, "--json")
    )
    found = [row["touchpoint"] for row in json.loads(done.out)["data"]["rows"]]
    assert found[0] == "loggers"
    assert "manifest" not in found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.save", "nothing", "--root", _BUNDLES], "nothing: expected `path::function`"),
        (["save", "b.save", "--root", _BUNDLES], "expected one function, found 2: a.py::save, b"),
        (["a.Missing", "b.save", "--root", _BUNDLES], "a.Missing: expected a function, found a cl"),
        (["settings", "b.save", "--root", _BUNDLES], "expected a function, found a module; name"),
        ([",", "b.save", "--root", _BUNDLES], "expected entry points"),
        (["missing.md", "b.save", "--root", _BUNDLES], "missing.md"),
        (["a.save", "b.save", "--root", "nowhere"], "nowhere: expected a folder"),
        (
            ["a.save", "b.save", "--root", _BUNDLES, "--root-b", "nowhere"],
            "nowhere: expected a fol",
        ),
        (["a.save", _BUNDLES, "--root", _BUNDLES], "manifest.json"),
        ([_SAMPLE, _SAMPLE, "--root", _BUNDLES], "expected the sources of"),
        (["a.save", "b.save", "--root", _BUNDLES, "--touchpoints", "no.toml"], "no.toml: expected"),
        (["a.save", "b.save", "--root", _BUNDLES, "-o", "no/where.md"], "cannot be written"),
        (["a.save"], "Missing argument 'B'"),
    ],
)
def test_bad_input(tracer: Tracer, tmp_path: Path, arguments: list[object], said: str) -> None:
    """One line that says what was expected, exit status 2, nothing on stdout, nothing left."""
    done = tracer("contrast", *arguments, "--quiet")
    assert done.status == 2, done
    assert said in done.trouble
    assert "Traceback" not in done.err
    assert done.out == ""
    assert list((tmp_path / "cwd").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[touchpoint]]\nsource = 'members'\n", "touchpoint 1: expected a name"),
        ("[[touchpoint]]\nname = 'x'\nsource = 'stars'\n", "'x': source 'stars': expected one of"),
        ("[[touchpoint]]\nname = 'x'\nsource = 'raises'\nkind = []\n", "unknown kind; expected"),
        ("[[touchpoint]]\nname = 'x'\nsource = 'effects'\nkinds = ['file']\n", "kind 'file': expe"),
        ("[[touchpoint]]\nname = 'x'\nsource = 'raises'\nhook = 'no'\n", "hook 'no': expected tru"),
        ("[[touchpoint]]\nname = 'x'\nsource = 'raises'\nrole = 'up'\n", "role 'up': expected sav"),
        ("[[touchpoint]]\nname = 'x'\nsource = 'effects'\nreach = 'up'\n", "reach 'up': expected"),
        ("[[touchpoint]]\nname = 'x'\nsource = 'raises'\n" * 2, "found x twice"),
        ("touchpoint = 3\n", "expected [[touchpoint]] tables"),
        ("[points]\n", "unknown points; expected"),
        ("[", "expected TOML"),
    ],
)
def test_a_bad_table(tracer: Tracer, tmp_path: Path, text: str, said: str) -> None:
    """The file, the touchpoint, and what was expected."""
    table = tmp_path / "mine.toml"
    table.write_text(text)
    done = tracer("contrast", "a.save", "b.save", "--root", _BUNDLES, "--touchpoints", table)
    assert done.status == 2
    assert done.trouble.startswith(f"tracer: {table}")
    assert said in done.trouble
