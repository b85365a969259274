"""The words after `python`: the interpreter's own options, and what it runs."""

from __future__ import annotations

_FLAGS = "bBdEIOPqRsSuv"
_WITH_VALUE = "WX"
_LONG_WITH_VALUE = ("--check-hash-based-pycs",)


def split_options(words: list[str]) -> tuple[list[str], list[str]] | None:
    """Part the interpreter's options from the program and its arguments.

    Args:
        words: As after `python`; `-Ic CODE` and `-Om MODULE` are taken apart.

    Returns:
        None where a word is no option with which a program can be run.
    """
    options: list[str] = []
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] not in ("-", "-c", "-m"):
        word = rest.pop(0)
        if word in _LONG_WITH_VALUE and rest:
            options += [word, rest.pop(0)]
            continue
        for index, letter in enumerate(word[1:], 1):
            if letter in _FLAGS:
                continue
            before, after = word[:index], word[index + 1 :]
            if letter in _WITH_VALUE and (after or rest):
                options += [word] if after else [word, rest.pop(0)]
                break
            if letter in "cm" and (after or rest):
                options += [before] if len(before) > 1 else []
                return options, ["-" + letter, after or rest.pop(0), *rest]
            return None
        else:
            options.append(word)
    return options, rest


def program_of(words: list[str]) -> str:
    """What is run, without its arguments: `train.py`, `-m pkg`, `-c`, `-`."""
    parted = split_options(words)
    if parted is None:
        return words[0]
    rest = parted[1]
    return " ".join(rest[: 2 if rest[:1] == ["-m"] else 1]) or "-"
