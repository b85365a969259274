"""Hand-built evidence with the shape of a real answer, and a browser to look at pages with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracer.model.brief import Brief, BriefAnchor, QuestionShape
from tracer.model.evidence import (
    EVIDENCE_SCHEMA,
    AnchorVerdict,
    ArtifactLayout,
    Candidate,
    Chain,
    ChainHop,
    CheckedAnchor,
    EdgeVerdict,
    Evidence,
    Finding,
    FindingKind,
    LayoutMember,
    OpenSite,
    PathAnswer,
    ReconciledEdge,
    Run,
    Signal,
    TapResult,
    Totals,
    TreeState,
    Unknown,
)
from tracer.model.graph import Effect, EffectKind, Guard, GuardKind, OpenReason, SiteKind, Tier
from tracer.model.memory import (
    ChangedPlace,
    Contradiction,
    DocumentClaim,
    EarlierAnswer,
    LedgerCheck,
    LedgerEntry,
    Match,
    Memory,
    QuestionMatch,
    Said,
    Standing,
    Validity,
)
from tracer.model.plan import Tap, Workload
from tracer.model.recording import Frame, OpenedFile, RaisedException
from tracer.model.source import (
    Anchor,
    Callee,
    ExternalId,
    Function,
    FunctionId,
    FunctionKind,
    Span,
    function_id,
    is_function,
    path_of,
    qualname_of,
)

CARD = """VERDICT  verified with gaps        tree 1a2b3c4d5e6f
anchors  61/61 verified   edges 34: 21 confirmed, 9 not reached, 4 not taken
paths    run_workflow ⇒ save: NO PATH (3 open call sites on the frontier)
dynamic  w1: scripts/train.py, 1 204 calls
recheck  tracer verify reports/demo"""


class EvidenceMaker:
    """Builds a consistent evidence value: every id that is used is also defined."""

    def __init__(self) -> None:
        self.functions: dict[FunctionId, Function] = {}
        self.edges: list[ReconciledEdge] = []
        self.effects: list[Effect] = []
        self.sources: dict[str, str] = {}

    def function(
        self,
        path: str,
        qualname: str,
        line: int,
        *,
        lines: int = 12,
        summary: str = "",
        parameters: tuple[str, ...] = (),
    ) -> FunctionId:
        """Define a function; its source is made up on demand by `source_of`."""
        name = function_id(path, qualname)
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        kind = FunctionKind.FUNCTION
        if qualname == "<module>":
            kind = FunctionKind.MODULE
        elif "." in qualname and "<locals>" not in qualname:
            kind = FunctionKind.METHOD
        self.functions[name] = Function(
            name, module, kind, line, line, line + lines, parameters, summary=summary
        )
        return name

    def edge(
        self,
        caller: FunctionId,
        callee: Callee | str,
        line: int,
        verdict: EdgeVerdict = EdgeVerdict.CONFIRMED,
        **more: Any,
    ) -> ReconciledEdge:
        """Draw an edge from a line of the caller."""
        target: Callee = callee if is_function(callee) else ExternalId(callee)  # type: ignore[arg-type]
        text = qualname_of(target) if is_function(target) else str(target)
        values: dict[str, Any] = {
            "span": Span(line, 4, line, 4 + len(text) + 2),
            "text": text,
            "kind": SiteKind.CALL,
            "tier": None if verdict is EdgeVerdict.DYNAMIC_ONLY else Tier.DEFINITE,
            "is_exact": True,
            "calls": 1 if verdict is EdgeVerdict.CONFIRMED else 0,
            **more,
        }
        made = ReconciledEdge(caller=caller, callee=target, line=line, verdict=verdict, **values)
        self.edges.append(made)
        return made

    def effect(
        self, function: FunctionId, line: int, kind: EffectKind, operation: str, **more: Any
    ) -> Effect:
        """Note what a line does to the world."""
        made = Effect(function, Span(line, 4, line, 30), kind, operation, **more)
        self.effects.append(made)
        return made

    def source_of(self) -> dict[str, str]:
        """Python text for every file, with each call standing on its line."""
        lines: dict[str, dict[int, str]] = {}
        for function in sorted(self.functions.values(), key=lambda each: -each.end_line):
            rows = lines.setdefault(function.path, {})
            for number in range(function.def_line + 1, function.end_line + 1):
                rows.setdefault(number, f"    step_{number} = prepare({number}, 'text')  # step")
            if function.kind is not FunctionKind.MODULE:
                name = function.name if function.name.isidentifier() else "odd"
                rows[function.def_line] = f"def {name}({', '.join(function.parameters)}):"
        for edge in self.edges:
            lines.setdefault(path_of(edge.caller), {})[edge.line] = f"    {edge.text}(value)"
        return {
            path: "\n".join(rows.get(number, "") for number in range(1, max(rows) + 1)) + "\n"
            for path, rows in sorted(lines.items())
        }

    def evidence(self, **more: Any) -> Evidence:
        """The whole, with quiet values for what is not given."""
        edges = tuple(sorted(self.edges, key=lambda each: (each.caller, each.line, each.callee)))
        functions = tuple(self.functions[name] for name in sorted(self.functions))
        values: dict[str, Any] = {
            "brief": Brief("How is `wts.h5.zip` produced and consumed?", QuestionShape.INVENTORY),
            "tree": TreeState("demo", "1a2b3c4d5e6f7890", "1a2b3c4d5e6f7890"),
            "totals": Totals(9, 1200, 80, 400, 12, len(self.effects), len(functions), len(edges)),
            "brief_anchors": (),
            "candidates": (),
            "entry_points": (),
            "open_sites": (),
            "chains": (),
            "paths": (),
            "layouts": (),
            "taps": (),
            "runs": (),
            "findings": (),
            "unknowns": (),
            **more,
        }
        return Evidence(
            schema=EVIDENCE_SCHEMA,
            tool_version="0.1.0",
            functions=functions,
            edges=edges,
            effects=tuple(self.effects),
            **values,
        )


def _chain(effect: EffectKind, *edges: ReconciledEdge) -> Chain:
    hops = tuple(ChainHop(edge.caller, edge.callee, edge.line) for edge in edges)
    weakest_first = (
        EdgeVerdict.NOT_RUN,
        EdgeVerdict.NOT_REACHED,
        EdgeVerdict.NOT_TAKEN,
        EdgeVerdict.UNDECIDED,
    )
    held = {edge.verdict for edge in edges}
    verdict = next((each for each in weakest_first if each in held), EdgeVerdict.CONFIRMED)
    return Chain(hops, effect, verdict)


def _persistence(maker: EvidenceMaker) -> Evidence:
    """A training script that saves, and an inference script that loads: 40 nodes and more."""
    flow, manager = "ptycho/workflows/components.py", "ptycho/model_manager.py"
    function, edge, effect = maker.function, maker.edge, maker.effect
    main = function("scripts/train.py", "main", 120, lines=60, summary="Train, save and plot.")
    module = function("scripts/train.py", "<module>", 1, lines=190)
    infer = function("scripts/infer.py", "main", 40, lines=60, summary="Load and reconstruct.")
    run = function(flow, "run_workflow", 680, lines=50, summary="Run the whole workflow.")
    train = function(flow, "train_model", 570, lines=60)
    container = function(flow, "create_container", 520, lines=30)
    reassemble = function(flow, "reassemble", 630, lines=30)
    outputs = function(flow, "save_outputs", 740, lines=30)
    load_bundle = function(flow, "load_bundle", 140, lines=40)
    legacy = function("ptycho/config/config.py", "update_legacy_dict", 200, lines=30)
    save = function(manager, "save", 430, lines=40, summary="Save the trained models.")
    save_many = function(manager, "ModelManager.save_multiple_models", 340, lines=45)
    save_one = function(
        manager, "ModelManager.save_model", 30, lines=60, parameters=("model", "path", "params")
    )
    load_many = function(manager, "ModelManager.load_multiple_models", 385, lines=40)
    load_one = function(manager, "ModelManager.load_model", 90, lines=130)
    create = function("ptycho/model.py", "create_model_with_gridsize", 300, lines=50)
    model_module = function("ptycho/model.py", "<module>", 1, lines=500)
    train_eval = function("ptycho/train_pinn.py", "train_eval", 40, lines=40)
    fit = function("ptycho/train_pinn.py", "train", 90, lines=40)
    guess = function("ptycho/probe.py", "set_probe_guess", 80, lines=20)
    image = function("ptycho/nbutils.py", "reconstruct_image", 20, lines=30)
    position = function("ptycho/tf_helper.py", "reassemble_position", 800, lines=30)
    scale = function("ptycho/tf_helper.py", "normalize_amplitude", 850, lines=12)
    get = function("ptycho/params.py", "get", 150, lines=10)
    cfg = function("ptycho/params.py", "<module>", 1, lines=140)
    callback = function("ptycho/train_pinn.py", "train.<locals>.on_epoch_end", 100, lines=6)

    skipped = EdgeVerdict.NOT_TAKEN
    edge(module, main, 188, why="the script's own entry")
    to_run = edge(main, run, 168)
    to_save = edge(main, save, 169, why="Save model: the script does it, not the workflow")
    edge(
        main,
        outputs,
        170,
        skipped,
        cause="line 170 did not run",
        guards=(Guard(GuardKind.IF, "args.output_dir is not None", 169),),
    )
    to_legacy = edge(run, legacy, 706, why="Update the global parameters")
    edge(run, train, 709)
    edge(
        run,
        reassemble,
        716,
        skipped,
        cause="line 716 did not run",
        guards=(Guard(GuardKind.IF, "flip_x and do_stitching", 713),),
    )
    edge(train, container, 591)
    edge(train, container, 593)
    edge(train, guess, 598)
    edge(train, train_eval, 604)
    edge(train_eval, fit, 52)
    edge(
        fit,
        callback,
        110,
        EdgeVerdict.DYNAMIC_ONLY,
        cause="callback through keras Model.fit",
        through="keras.src.engine.training.Model.fit",
        calls=3,
    )
    edge(fit, "tensorflow.keras.Model.fit", 108, is_exact=False, tier=Tier.TYPE)
    edge(reassemble, image, 640, EdgeVerdict.NOT_REACHED)
    edge(reassemble, position, 662, EdgeVerdict.NOT_REACHED)
    edge(position, scale, 810, EdgeVerdict.NOT_REACHED)
    edge(scale, "tensorflow.cast", 855, EdgeVerdict.NOT_REACHED)
    edge(save, get, 450)
    to_many = edge(save, save_many, 467)
    to_one = edge(save_many, save_one, 370)
    dump_manifest = edge(save_many, "dill.dump", 364)
    zip_write = edge(save_many, "zipfile.ZipFile.write", 378, calls=10)
    edge(save_many, "os.walk", 374)
    model_save = edge(save_one, "tensorflow.keras.Model.save", 67, EdgeVerdict.UNDECIDED)
    dump_objects = edge(save_one, "dill.dump", 71, calls=2)
    dump_params = edge(save_one, "dill.dump", 78, calls=2)
    h5 = edge(save_one, "h5py.File", 81, calls=2)
    edge(save_one, "print", 83)
    to_bundle = edge(infer, load_bundle, 44, EdgeVerdict.NOT_REACHED)
    to_load_many = edge(load_bundle, load_many, 160, EdgeVerdict.NOT_REACHED)
    extract = edge(load_many, "zipfile.ZipFile.extractall", 399, EdgeVerdict.NOT_REACHED)
    load_manifest = edge(load_many, "dill.load", 404, EdgeVerdict.NOT_REACHED)
    to_load_one = edge(load_many, load_one, 420, EdgeVerdict.NOT_REACHED)
    load_params = edge(load_one, "dill.load", 106, EdgeVerdict.NOT_REACHED)
    load_objects = edge(load_one, "dill.load", 123, EdgeVerdict.NOT_REACHED)
    edge(load_one, create, 176, EdgeVerdict.NOT_REACHED)
    edge(
        load_one,
        "tensorflow.keras.models.load_model",
        201,
        EdgeVerdict.NOT_REACHED,
        guards=(Guard(GuardKind.IF, "os.path.exists(keras_path)", 198, ("os.path.exists",)),),
    )
    edge(
        load_one,
        "tensorflow.keras.config.enable_unsafe_deserialization",
        173,
        EdgeVerdict.NOT_REACHED,
        guards=(Guard(GuardKind.EXCEPT, "ImportError", 172),),
    )
    edge(model_module, get, 60)
    edge(create, get, 310, EdgeVerdict.NOT_REACHED)

    effect(
        legacy,
        225,
        EffectKind.STATE_WRITE,
        "ptycho.params.cfg[...] =",
        subject="ptycho.params.cfg",
        keys=("N", "gridsize"),
    )
    effect(get, 152, EffectKind.STATE_READ, "ptycho.params.cfg[...]", subject="ptycho.params.cfg")
    effect(
        save_one, 74, EffectKind.STATE_READ, "ptycho.params.cfg.copy", subject="ptycho.params.cfg"
    )
    effect(
        load_one,
        119,
        EffectKind.STATE_WRITE,
        "ptycho.params.cfg.update",
        subject="ptycho.params.cfg",
    )
    effect(cfg, 71, EffectKind.STATE_WRITE, "ptycho.params.cfg =", subject="ptycho.params.cfg")
    effect(
        save_many,
        364,
        EffectKind.SERIALIZE,
        "dill.dump",
        subject="manifest_path",
        payload="manifest",
    )
    effect(
        save_many,
        378,
        EffectKind.ARCHIVE_WRITE,
        "zipfile.ZipFile.write",
        subject="zip_path",
        payload="arcname",
    )
    effect(save_one, 67, EffectKind.FILE_WRITE, "tensorflow.keras.Model.save", subject="keras_path")
    effect(
        save_one,
        71,
        EffectKind.SERIALIZE,
        "dill.dump",
        subject="custom_objects_path",
        payload="custom_objects",
    )
    effect(
        save_one,
        78,
        EffectKind.SERIALIZE,
        "dill.dump",
        subject="params_path",
        payload="params_dict",
    )
    effect(
        save_one,
        81,
        EffectKind.FILE_WRITE,
        "h5py.File",
        subject="h5_path",
        note="the C library opens the file itself",
    )
    effect(
        load_many, 399, EffectKind.ARCHIVE_READ, "zipfile.ZipFile.extractall", subject="zip_path"
    )
    effect(load_many, 404, EffectKind.DESERIALIZE, "dill.load", subject="manifest_path")
    effect(load_one, 106, EffectKind.DESERIALIZE, "dill.load", subject="params_path")
    effect(load_one, 123, EffectKind.DESERIALIZE, "dill.load", subject="custom_objects_path")

    def member(path: str, line: int, content: str = "", expanded: bool = True) -> LayoutMember:
        return LayoutMember(path, (Anchor(manager, line),), content, expanded)

    written = tuple(
        member(f"{model}/{name}", line, content)
        for model in ("autoencoder", "diffraction_to_obj")
        for name, line, content in (
            ("model.keras", 67, "model"),
            ("custom_objects.dill", 71, "custom_objects"),
            ("params.dill", 78, "params_dict"),
            ("model.h5", 81, ""),
        )
    )
    read = tuple(
        member(f"{model}/{name}", line)
        for model in ("autoencoder", "diffraction_to_obj")
        for name, line in (("model.keras", 201), ("custom_objects.dill", 123), ("params.dill", 106))
    )
    tap = Tap(
        "custom_objects_count",
        "len(custom_objects)",
        manager,
        461,
        function="save",
        purpose="how many custom objects go into the archive",
        expected="> 20",
        unit="objects",
    )
    workload = Workload("w1", ("scripts/train.py", "--fast"), reason="reaches 6 of 8 sinks")
    frame = Frame(flow, "ptycho.workflows.components", "run_workflow", 680)
    return maker.evidence(
        brief=Brief(
            "How does the TensorFlow workflow produce and consume `wts.h5.zip` bundles?",
            QuestionShape.INVENTORY,
            mentions=("wts.h5.zip",),
            initiative_id="INTEGRATE-PYTORCH-001",
            scope_hints=("ModelManager", "persistence"),
            namespaces=("ptycho",),
            ledgers=("docs/fix_plan.md",),
            gating=("Phase D3.B/C may not start until this callchain summary is filed.",),
            source="phase_d3.md",
            sha256="ab" * 32,
        ),
        brief_anchors=(
            CheckedAnchor(
                BriefAnchor("ptycho/workflows/components.py:500-750", flow, 500, 750),
                AnchorVerdict.VERIFIED,
                "functions create_container, run_workflow",
            ),
            CheckedAnchor(
                BriefAnchor("plans/gone.md", "plans/gone.md"),
                AnchorVerdict.MISSING,
                "",
                "no such file in the tree",
            ),
        ),
        candidates=(
            Candidate(
                main,
                9.5,
                (Signal("reaches 8 sinks", 4.0), Signal("drives both", 5.5)),
                True,
                "drives the produce side",
            ),
            Candidate(
                infer, 8.0, (Signal("reaches 5 sinks", 4.0),), True, "drives the consume side"
            ),
            Candidate(run, 3.25, (Signal("named in the brief's anchor", 3.25),)),
        ),
        entry_points=(main, infer),
        open_sites=(
            OpenSite(fit, 108, "model.fit", OpenReason.UNKNOWN_RECEIVER, "what `model` is"),
            OpenSite(create, 333, "getattr(layers, name)", OpenReason.DYNAMIC_ATTRIBUTE),
        ),
        chains=(
            _chain(EffectKind.SERIALIZE, to_save, to_many, dump_manifest),
            _chain(EffectKind.ARCHIVE_WRITE, to_save, to_many, zip_write),
            _chain(EffectKind.FILE_WRITE, to_save, to_many, to_one, model_save),
            _chain(EffectKind.SERIALIZE, to_save, to_many, to_one, dump_objects),
            _chain(EffectKind.SERIALIZE, to_save, to_many, to_one, dump_params),
            _chain(EffectKind.FILE_WRITE, to_save, to_many, to_one, h5),
            _chain(EffectKind.STATE_WRITE, to_run, to_legacy),
            _chain(EffectKind.ARCHIVE_READ, to_bundle, to_load_many, extract),
            _chain(EffectKind.DESERIALIZE, to_bundle, to_load_many, load_manifest),
            _chain(EffectKind.DESERIALIZE, to_bundle, to_load_many, to_load_one, load_params),
            _chain(EffectKind.DESERIALIZE, to_bundle, to_load_many, to_load_one, load_objects),
        ),
        paths=(
            PathAnswer(
                run,
                save,
                False,
                siblings=(Anchor("scripts/train.py", 168), Anchor("scripts/train.py", 169)),
                sibling_callers=(main,),
                open_sites=2,
            ),
        ),
        layouts=(
            ArtifactLayout(
                "{base_path}.zip",
                EffectKind.ARCHIVE_WRITE,
                save_many,
                Anchor(manager, 378),
                (member("manifest.dill", 364, "manifest", False), *written),
            ),
            ArtifactLayout(
                "{path}.zip",
                EffectKind.ARCHIVE_READ,
                load_many,
                Anchor(manager, 399),
                (member("manifest.dill", 404), *read),
                ("names listed by `os.listdir` at ptycho/model_manager.py:410",),
            ),
        ),
        taps=(
            TapResult(tap, "differs", ("int 18",), 1, "w1"),
            TapResult(
                Tap("saved_keys", "keys(params_dict)", manager, 76, purpose="what is saved"),
                "read",
                ("dict len 47",),
                2,
                "w1",
            ),
        ),
        runs=(
            Run(
                workload,
                True,
                "",
                0,
                "3.11.7",
                "settrace",
                1204,
                25,
                18,
                (RaisedException(frame, 712, "builtins.KeyError", 1, 77),),
                (OpenedFile("<scratch>/wts.h5.zip", "w", frame, 169, 1, 90),),
                ("h5py opens files in C: no audit event",),
            ),
        ),
        findings=(
            Finding(
                FindingKind.HIDDEN_INPUT,
                "the archive's name comes from params.get('h5_path')",
                (Anchor("ptycho/params.py", 71),),
            ),
            Finding(FindingKind.NO_PATH, "run_workflow does not lead to save; both are siblings"),
            Finding(
                FindingKind.UNREACHABLE,
                "lines after `return SavedModelWrapper(...)`",
                (Anchor(manager, 205),),
            ),
        ),
        unknowns=(
            Unknown(
                "what `model.save` writes into model.keras",
                "Keras runs outside the namespace",
                "tracer inspect on a saved archive",
            ),
        ),
        workload_candidates=(workload,),
        ledgers=(
            LedgerCheck(
                "docs/findings.md",
                entries_read=12,
                entries=(
                    LedgerEntry(
                        "SAVE-001",
                        7,
                        7,
                        ("save", manager),
                        True,
                        3,
                        (
                            DocumentClaim(
                                7, "missing", f"{manager}:463-464", "it has 457 lines", True
                            ),
                        ),
                    ),
                ),
            ),
        ),
        memory=Memory(
            3,
            ("half: expected a bundle with manifest.json",),
            (
                EarlierAnswer(
                    "INTEGRATE-PYTORCH-001/2026-01-02T030405Z",
                    "INTEGRATE-PYTORCH-001",
                    "How does the TensorFlow workflow produce and consume `wts.h5.zip` bundles?",
                    "ab" * 20,
                    "cd" * 32,
                    QuestionMatch(Match.SAME, "same initiative and question"),
                    Validity(
                        Standing.NO_LONGER,
                        61,
                        (ChangedPlace(f"{manager}:67", "save_model → model.save", "no such call"),),
                    ),
                    ("namespaces ptycho",),
                    ("run scripts/train.py --fast, exit 0",),
                ),
            ),
            (
                Contradiction(
                    "constant",
                    f"len(custom_objects) at {manager}:461",
                    Said("", "/taps/0", "expects > 20", (Anchor(manager, 461),)),
                    Said("other", "/taps/4", "expects == 18", (Anchor(manager, 461),)),
                ),
            ),
        ),
    )


@pytest.fixture
def make() -> Callable[[], EvidenceMaker]:
    """A fresh maker on each call."""
    return EvidenceMaker


@pytest.fixture(scope="session")
def persistence() -> Evidence:
    """The realistic case."""
    return _persistence(EvidenceMaker())


@pytest.fixture(scope="session")
def sources() -> dict[str, str]:
    """The text of the realistic case's files."""
    maker = EvidenceMaker()
    _persistence(maker)
    return maker.source_of()


@pytest.fixture(scope="session")
def card() -> str:
    """What a verifier would say of the realistic case."""
    return CARD


@pytest.fixture(scope="session")
def empty() -> Evidence:
    """An answer that holds nothing but its question."""
    return EvidenceMaker().evidence(why_no_run="no interpreter with TensorFlow was given")


HOSTILE = "a|b `c` </script><img src=x onerror=alert(1)> \u202eevil\u2066 \x00 \"q\" 'p' --> %% ]]"


@pytest.fixture(scope="session")
def hostile() -> Evidence:
    """An answer of a target that names things to break our pages."""
    return _hostile(HOSTILE)


@pytest.fixture(scope="session")
def hostile_named() -> Callable[[str], Evidence]:
    """The same of a name of one's own choice."""
    return _hostile


def _hostile(name: str) -> Evidence:
    maker = EvidenceMaker()
    main = maker.function(f"pkg/{name}.py", "main", 1, summary=name)
    odd = maker.function("pkg/odd.py", name, 10, summary=name, parameters=(name,))
    first = maker.edge(
        main,
        odd,
        3,
        why=name,
        cause=name,
        through=name,
        guards=(Guard(GuardKind.IF, name, 2, (name,)),),
    )
    last = maker.edge(odd, name, 12, text=name)
    maker.effect(
        odd,
        12,
        EffectKind.FILE_WRITE,
        name,
        subject=name,
        payload=name,
        keys=(name,),
        note=name,
    )
    maker.effect(odd, 13, EffectKind.STATE_WRITE, name, subject=name)
    tap = Tap(name, name, "pkg/odd.py", 12, purpose=name, expected=name, unit=name)
    return maker.evidence(
        brief=Brief(name, QuestionShape.DIVERGENCE, (name,), name, gating=(name,)),
        entry_points=(main,),
        candidates=(Candidate(main, 1.0, (Signal(name, 1.0),), True, name),),
        chains=(_chain(EffectKind.FILE_WRITE, first, last),),
        open_sites=(OpenSite(odd, 14, name, OpenReason.UNKNOWN_NAME, name),),
        layouts=(
            ArtifactLayout(
                name,
                EffectKind.ARCHIVE_WRITE,
                odd,
                Anchor("pkg/odd.py", 12),
                (LayoutMember(name, (Anchor("pkg/odd.py", 12),), name),),
                (name,),
            ),
        ),
        taps=(TapResult(tap, "read", (name,), 1, "w1", name),),
        findings=(Finding(FindingKind.CONTRADICTION, name),),
        unknowns=(Unknown(name, name, name),),
        why_no_run=name,
    )


@pytest.fixture(scope="session")
def wide() -> Callable[[int], Evidence]:
    """Answers of any size: a tree of callers over `count` functions, a sink in every tenth."""

    def made(count: int) -> Evidence:
        maker = EvidenceMaker()
        names = [
            maker.function(f"big/module_{index // 20}.py", f"step_{index}", 10 + index % 20 * 20)
            for index in range(count)
        ]
        chains = []
        for index in range(1, count):
            parent = (index * 7919) % index if index % 3 else (index - 1) // 2
            found = maker.edge(
                names[parent], names[index], 11 + index % 9, list(EdgeVerdict)[index % 6]
            )
            if index % 2:
                maker.edge(names[index], names[(index * 31) % count], 17)
            if index % 10 == 0:
                sink = maker.edge(names[index], "pickle.dump", 18)
                maker.effect(names[index], 18, EffectKind.SERIALIZE, "pickle.dump")
                chains.append(_chain(EffectKind.SERIALIZE, found, sink))
        made_evidence = maker.evidence(entry_points=tuple(names[:1]), chains=tuple(chains))
        return replace(made_evidence)

    return made


def _browser_path() -> str | None:
    named = os.environ.get("TRACER_BROWSER")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real headless Chromium; without one the test is skipped, or fails where one is required."""
    reason = ""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        reason = "playwright is not installed"
    path = _browser_path()
    if not reason and (path is None or not Path(path).exists()):
        reason = "no Chromium found: install Debian's `chromium` or set TRACER_BROWSER"
    if reason:
        if os.environ.get("TRACER_REQUIRE_BROWSER") == "1":
            pytest.fail(f"TRACER_REQUIRE_BROWSER=1, and {reason}")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            headless=True,
            args=[
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield started
        started.close()
