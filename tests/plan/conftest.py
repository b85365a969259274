"""A project that trains, saves and loads, in the fewest lines that have the traps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.plan.trees import graph_of, write_tree
from tracer.model.graph import CallGraph, EffectKind
from tracer.static.sources import SourceTree

FILES = {
    "shop/__init__.py": "",
    "shop/params.py": """\
        cfg = {'h5_path': 'wts.h5', 'size': 3}

        def get(key):
            return cfg[key]
        """,
    "shop/manager.py": """\
        import dill, zipfile
        from shop import params

        class Manager:
            def save_all(models, path, objects):
                with zipfile.ZipFile(path, 'w') as archive:
                    for name in models:
                        archive.write(name, name)
                with open('x') as file:
                    dill.dump(objects, file)

            def load_all(path):
                with open(path) as file:
                    loaded = dill.load(file)
                params.cfg.update(loaded)
                return loaded

        def save(folder):
            path = folder + params.get('h5_path')
            objects = {'a': 1, 'b': 2, 'c': 3}
            models = {'m': 1}
            models['n'] = 2
            Manager.save_all(models, path, objects)
        """,
    "shop/work.py": """\
        from shop.manager import Manager

        def load_bundle(folder):
            if not folder:
                raise ValueError('expected wts.h5.zip in the folder')
            return Manager.load_all(folder + 'wts.h5')

        def train(config):
            fit(config)

        def fit(config):
            return config
        """,
    "scripts/train.py": """\
        import argparse
        from shop import manager, work

        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument('--quick', action='store_true')
            work.train(1)
            manager.save('out')

        if __name__ == '__main__':
            main()
        """,
    "scripts/infer.py": """\
        import argparse
        from shop.work import load_bundle

        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument('--model', required=True)
            parser.add_argument('data')
            load_bundle('out')

        if __name__ == '__main__':
            main()
        """,
    "scripts/mock_run.py": """\
        from shop import manager, work

        def main():
            work.train(1)
            manager.save('out')
            work.load_bundle('out')

        if __name__ == '__main__':
            main()
        """,
    "archive/old_train.py": """\
        from shop import manager
        manager.save('out')
        """,
    "tests/test_bundle.py": """\
        from shop import work

        def test_load():
            work.load_bundle('x')

        def test_load_patched(monkeypatch):
            monkeypatch.setattr(work, 'fit', None)
            work.load_bundle('x')
        """,
}
CALLEES = {
    "Manager.save_all": "shop/manager.py::Manager.save_all",
    "Manager.load_all": "shop/manager.py::Manager.load_all",
    "manager.save": "shop/manager.py::save",
    "params.get": "shop/params.py::get",
    "work.train": "shop/work.py::train",
    "work.load_bundle": "shop/work.py::load_bundle",
    "load_bundle": "shop/work.py::load_bundle",
    "fit": "shop/work.py::fit",
    "dill.dump": "dill.dump",
    "dill.load": "dill.load",
    "zipfile.ZipFile": "zipfile.ZipFile",
    "archive.write": "zipfile.ZipFile.write",
}
EFFECTS = {
    "dill.dump": (EffectKind.SERIALIZE, "dill.dump"),
    "dill.load": (EffectKind.DESERIALIZE, "dill.load"),
    "zipfile.ZipFile": (EffectKind.ARCHIVE_WRITE, "zipfile.ZipFile"),
    "archive.write": (EffectKind.ARCHIVE_WRITE, "zipfile.ZipFile.write"),
    "params.cfg.update": (EffectKind.STATE_WRITE, "shop.params.cfg.update"),
}


@dataclass(frozen=True)
class Project:
    """A tree and its graph."""

    tree: SourceTree
    graph: CallGraph


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The project above; `main` is each script's own."""
    tree = write_tree(tmp_path, FILES)
    graphs = [
        graph_of(SourceTree(tree.root, (file,)), {**CALLEES, "main": f"{file.path}::main"}, EFFECTS)
        for file in tree.files
    ]
    return Project(tree, joined(graphs))


def joined(graphs: list[CallGraph]) -> CallGraph:
    """One graph of several files."""
    return CallGraph(
        files=tuple(file for graph in graphs for file in graph.files),
        functions=tuple(function for graph in graphs for function in graph.functions),
        classes=tuple(definition for graph in graphs for definition in graph.classes),
        resolutions=tuple(resolution for graph in graphs for resolution in graph.resolutions),
        effects=tuple(effect for graph in graphs for effect in graph.effects),
    )
