"""The tables of the index: a call graph in SQLite, so that an answer loads only what it needs."""

from __future__ import annotations

INDEX_FORMAT = 4

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, module TEXT NOT NULL, sha256 TEXT NOT NULL, lines INTEGER NOT NULL,
    problem TEXT NOT NULL, stat TEXT NOT NULL
);
CREATE TABLE functions (
    node INTEGER PRIMARY KEY, id TEXT NOT NULL, path TEXT NOT NULL, qualname TEXT NOT NULL,
    name TEXT NOT NULL, dotted TEXT NOT NULL, kind TEXT NOT NULL, first_line INTEGER NOT NULL,
    def_line INTEGER NOT NULL, end_line INTEGER NOT NULL, parameters TEXT NOT NULL,
    is_generator INTEGER NOT NULL, summary TEXT NOT NULL
);
CREATE TABLE classes (
    path TEXT NOT NULL, qualname TEXT NOT NULL, name TEXT NOT NULL, dotted TEXT NOT NULL,
    line INTEGER NOT NULL, end_line INTEGER NOT NULL, bases TEXT NOT NULL
);
CREATE TABLE externals (node INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE sites (
    site INTEGER PRIMARY KEY, caller INTEGER NOT NULL, line INTEGER NOT NULL,
    column_ INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, name TEXT NOT NULL,
    tier TEXT NOT NULL, is_exact INTEGER NOT NULL, is_declared INTEGER NOT NULL,
    is_open INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, known INTEGER NOT NULL,
    guards TEXT NOT NULL, is_unreachable INTEGER NOT NULL, end_line INTEGER NOT NULL
);
CREATE TABLE edges (
    caller INTEGER NOT NULL, callee INTEGER NOT NULL, site INTEGER NOT NULL, through TEXT NOT NULL,
    is_followed INTEGER NOT NULL
);
CREATE TABLE effects (
    function INTEGER NOT NULL, line INTEGER NOT NULL, kind TEXT NOT NULL, operation TEXT NOT NULL,
    subject TEXT NOT NULL, payload TEXT NOT NULL, keys TEXT NOT NULL, note TEXT NOT NULL,
    guards TEXT NOT NULL, is_unreachable INTEGER NOT NULL, is_auxiliary INTEGER NOT NULL
);
CREATE TABLE arrows (
    name TEXT PRIMARY KEY, starts BLOB NOT NULL, firsts BLOB NOT NULL, ends BLOB NOT NULL
);
"""
# `is_followed`: a call that runs; not an import, and not behind a return. Nodes of functions come
# first, those of externals follow, so that one number names either.

INDEXES = """
CREATE INDEX functions_by_id ON functions (id);
CREATE INDEX functions_by_name ON functions (name);
CREATE INDEX functions_by_path ON functions (path);
CREATE INDEX classes_by_name ON classes (name);
CREATE INDEX externals_by_id ON externals (id);
CREATE INDEX externals_by_name ON externals (name);
CREATE INDEX sites_by_caller ON sites (caller);
CREATE INDEX open_sites_by_name ON sites (name) WHERE is_open;
CREATE INDEX open_sites_by_reason ON sites (reason) WHERE is_open AND NOT is_unreachable;
CREATE INDEX edges_by_caller ON edges (caller);
CREATE INDEX edges_by_callee ON edges (callee);
CREATE INDEX effects_by_function ON effects (function);
"""
