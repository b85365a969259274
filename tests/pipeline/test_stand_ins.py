"""A bundle of a run under stand-ins: nothing confirmed, and every text says so."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.pipeline.test_workloads import write
from tracer.brief.question import question_brief
from tracer.bundle.recordings import RECORDING_NAME, decode_recording
from tracer.cli.main import main
from tracer.errors import TableError, WorkloadError
from tracer.model.evidence import EdgeVerdict
from tracer.pipeline.run import BundleRequest, BundleResult, make_bundle
from tracer.pipeline.workloads import RunRequest

TREE = {
    "shop/__init__.py": "",
    "shop/store.py": """
        import json
        import heavylib

        class Model(heavylib.Model):
            def dump(self, path):
                pack(self)
                with open(path, "w") as file:
                    json.dump({"weights": "w"}, file)

        def pack(model):
            return model.weights

        def save(path):
            model = Model()
            model.dump(path)
            heavylib.log(path)
    """,
    "train.py": """
        from shop.store import save

        def train():
            save("wts.json")

        if __name__ == "__main__":
            train()
    """,
}
QUESTION = "How does train save wts.json, from train.py to Model.dump?"


def _bundle(tmp_path: Path, *stand_ins: str, **runs: object) -> BundleResult:
    root = write(tmp_path / "tree", TREE)
    request = RunRequest(workloads=("train.py",), stand_ins=stand_ins, **runs)  # type: ignore[arg-type]
    return make_bundle(
        question_brief(QUESTION), BundleRequest(root, tmp_path / "out", runs=request)
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> BundleResult:
    return _bundle(tmp_path_factory.mktemp("under"), "auto")


def test_the_run_reaches_what_it_could_not_without(result: BundleResult, tmp_path: Path) -> None:
    """Control: without stand-ins the import ends it, and the bundle says what would help."""
    (run,) = result.evidence.runs
    assert run.exit_status == 0, run.stderr_tail
    assert run.stand_ins is not None
    assert (run.stand_ins.asked_for, run.stand_ins.modules) == (("auto",), ("heavylib",))
    plain = _bundle(tmp_path)
    (run,) = plain.evidence.runs
    assert (run.exit_status, run.stand_ins) == (1, None)
    steps = [unknown.next_step for unknown in plain.evidence.unknowns]
    assert "an environment with heavylib (--python), or --stand-in auto" in steps


def test_nothing_is_confirmed(result: BundleResult) -> None:
    """Edges, effects and chains that ran were seen under stand-ins."""
    evidence = result.evidence
    verdicts = {edge.verdict for edge in evidence.edges}
    assert EdgeVerdict.STAND_INS in verdicts
    assert not verdicts & {EdgeVerdict.CONFIRMED, EdgeVerdict.DYNAMIC_ONLY}
    assert EdgeVerdict.CONFIRMED not in evidence.effect_verdicts
    assert EdgeVerdict.STAND_INS in evidence.effect_verdicts
    assert {chain.verdict for chain in evidence.chains} == {EdgeVerdict.STAND_INS}
    assert result.verification.is_good


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("summary.md", "STAND-INS for heavylib: 0 confirmed"),
        ("summary.md", "was made under stand-ins for `heavylib`"),
        ("callgraph/dynamic.txt", "# run with --stand-in auto: heavylib stood in"),
        ("callgraph/dynamic.txt", "Invented: "),
        ("callchain/static.md", "seen under stand-ins"),
        ("callgraph/index.html", "seen under stand-ins"),
    ],
)
def test_each_text_says_so(result: BundleResult, file: str, told: str) -> None:
    assert result.folder is not None
    assert told in (result.folder / file).read_text("utf-8")


def test_no_text_says_confirmed_of_an_edge(result: BundleResult) -> None:
    """But in the words that explain verdicts, and in the count of none."""
    assert result.folder is not None
    text = (result.folder / "callchain/static.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if "→" in line and "confirmed" in line]
    assert [row for row in rows if "never confirmed" not in row] == []


def test_the_label_is_kept_with_the_recording(result: BundleResult) -> None:
    """Who joins the recording elsewhere gets it with what stood in."""
    assert result.folder is not None
    recording = decode_recording(result.folder / "trace/w1" / RECORDING_NAME)
    assert recording.stand_ins is not None
    assert recording.stand_ins.modules == ("heavylib",)
    assert recording.stand_ins.invented[0].name == "heavylib.Model"
    edges = json.loads((result.folder / "trace/w1/edges.json").read_text("utf-8"))
    assert edges["stand_ins"]["modules"] == ["heavylib"]


def test_a_bundle_joins_it_with_a_real_run(result: BundleResult, tmp_path: Path) -> None:
    """A recording from a machine that has the library confirms what both saw."""
    assert result.folder is not None
    root = write(tmp_path / "tree", TREE)
    (root / "heavylib.py").write_text("class Model: weights = 1\ndef log(path): pass\n")
    runs = RunRequest(workloads=("train.py",))
    request = BundleRequest(root, tmp_path / "real", runs=runs)
    real = make_bundle(question_brief(QUESTION), request)
    assert real.folder is not None
    both = RunRequest(recordings=(result.folder / "trace/w1", real.folder / "trace/w1"))
    request = BundleRequest(root, tmp_path / "both", runs=both)
    joined = make_bundle(question_brief(QUESTION), request)
    verdicts = {edge.text: edge.verdict for edge in joined.evidence.edges}
    assert verdicts["model.dump"] is EdgeVerdict.CONFIRMED
    assert [run.stand_ins is None for run in joined.evidence.runs] == [False, True]


def test_verifying_it_again_agrees(
    result: BundleResult, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the files alone."""
    assert result.folder is not None
    root = result.folder.parent / "tree"
    if not root.is_dir():
        root = result.folder.parent.parent / "tree"
    assert main(["verify", str(result.folder), "--root", str(root)]) == 0
    grounds = capsys.readouterr().out.partition("grounds")[2]
    assert "syntax" in grounds and "run" not in grounds


def test_bad_names_and_folders_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="expected auto or the name of a top-level module"):
        _bundle(tmp_path, "heavy.lib")
    with pytest.raises(TableError, match="expected a folder with recipes"):
        _bundle(tmp_path, "auto", recipes=(tmp_path / "none",))
    assert not (tmp_path / "out").exists()


def test_trace_takes_stand_ins_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Comma-separated or repeated; one line and status 2 where a name is none."""
    root = write(tmp_path / "tree", TREE)
    common = ["trace", "--root", str(root), "--cwd", str(root), "-o", str(tmp_path / "t")]
    assert main([*common, "--stand-in", "a-b", "--", "train.py"]) == 2
    assert "--stand-in 'a-b'" in capsys.readouterr().err
    assert main([*common, "--stand-in", "other,heavylib", "--", "train.py"]) == 0
    edges = json.loads((tmp_path / "t/edges.json").read_text("utf-8"))
    assert edges["stand_ins"]["asked_for"] == ["other", "heavylib"]


def test_a_recipe_of_the_user_reaches_the_run(tmp_path: Path) -> None:
    """`--recipes DIR`, as `--effects FILE` gives a table of effects."""
    folder = tmp_path / "recipes"
    folder.mkdir()
    (folder / "heavylib.py").write_text(
        "def log(path): raise SystemExit(7)\nNAMES = {'heavylib.log': log}\n"
    )
    result = _bundle(tmp_path, "auto", recipes=(folder,))
    assert result.evidence.runs[0].exit_status == 7


def test_old_recordings_read_as_ordinary_ones(result: BundleResult, tmp_path: Path) -> None:
    """A recording from before there were stand-ins has no such field."""
    assert result.folder is not None
    text = gzip.decompress((result.folder / "trace/w1" / RECORDING_NAME).read_bytes()).decode()
    header, *records = text.splitlines()
    old = {name: value for name, value in json.loads(header).items() if name != "stand_ins"}
    place = tmp_path / RECORDING_NAME
    place.write_bytes(gzip.compress("\n".join([json.dumps(old), *records]).encode()))
    assert decode_recording(place).stand_ins is None
