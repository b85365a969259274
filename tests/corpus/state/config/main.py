"""Writes to and reads of module-level objects, told by their dotted name."""

import os

import settings
from settings import cfg as shared


def update_from(target, values):
    target["mode"] = values  # effects: state.write settings.cfg [mode]


def hand_on(inner, values):
    update_from(inner, values)


class Registry:
    items = {}

    def add(self, name):
        self.items[name] = 1  # effects: state.write main.Registry.items


def run():
    settings.cfg.update({"mode": "b"}, extra=1)  # effects: state.write settings.cfg [extra,mode]
    settings.cfg["mode"] = "c"  # effects: state.write settings.cfg [mode]
    shared["mode"] = "d"  # effects: state.write settings.cfg [mode]
    del shared["extra"]  # effects: state.write settings.cfg [extra]
    local = settings.cfg
    local.setdefault("k", 1)  # effects: state.write settings.cfg [k]
    settings.flag = True  # effects: state.write settings.flag
    settings.put("mode", "e")  # effects: state.write settings.cfg [mode]
    path = settings.get("h5_path")  # effects: state.read settings.cfg [h5_path]
    update_from(settings.cfg, "f")  # effects: state.write settings.cfg [mode]   calls: update_from   runs: update_from
    hand_on(settings.cfg, "g")  # effects: state.write settings.cfg [mode]
    mine = {}
    mine["mode"] = 1  # effects: none
    mine.update(a=1)  # effects: none
    copy = settings.cfg.copy()  # effects: state.read settings.cfg
    copy["x"] = 1  # effects: none
    if os.path.exists(path) and settings.cfg["mode"] == "g":
        settings.cached()  # calls: cached   hidden: os.path.exists | settings.cfg['h5_path'] | settings.cfg['mode']
    if settings.get("h5_path") == "x" or "HOME" in os.environ:
        settings.cached()  # hidden: os.environ['HOME'] | settings.cfg['h5_path']
    Registry().add("a")
    settings.largest()


run()  # calls: run   runs: run
