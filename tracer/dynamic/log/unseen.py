"""What a recording does not hold, in sentences."""

from __future__ import annotations

from tracer.dynamic.log.records import Log
from tracer.dynamic.state_writes import cut_sentence

_SIGNALS = {  # the numbers that all systems share: a log may be read elsewhere
    1: "SIGHUP",
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL",
    6: "SIGABRT",
    8: "SIGFPE",
    9: "SIGKILL",
    11: "SIGSEGV",
    13: "SIGPIPE",
    14: "SIGALRM",
    15: "SIGTERM",
}
_REPLACED = "the program replaced itself by another (os.exec)"  # how the probe's note begins


def why_incomplete(log: Log) -> str:
    """Why the recording ends before the program did; empty if it does not."""
    stopped, why = log.last("stopped").get("why"), _why_ended(log)
    if stopped and why.startswith("the target was") and not log.last("end").get("is_by_us"):
        return f"{stopped}; afterwards {why}"
    return why


def _why_ended(log: Log) -> str:
    footer, end = log.last("footer"), log.last("end")
    if end.get("why_ended"):
        return f"the target was {end['why_ended']}"
    if footer:
        return str(footer["why_incomplete"])
    if end.get("log_trouble"):
        return str(end["log_trouble"])
    number = end.get("signal")
    if number:
        name = _SIGNALS.get(number)
        named = f"signal {number} ({name})" if name else f"signal {number}"
        return f"the target was killed by {named}"
    if any(record["text"].startswith(_REPLACED) for record in log.by_kind["note"]):
        return _REPLACED
    return "the log has no footer: the target ended without our hearing of it"


def cannot_see(log: Log) -> tuple[str, ...]:
    """What this back end could not hear, what was cut, and what the probe noted meanwhile."""
    sentences = [
        "Functions in C have no frame: what they call is seen, they themselves are not.",
        "Files that C libraries open by themselves raise no event; calls of libraries that are"
        " known to do so (the effect table) are told with their arguments instead.",
        "Effects are told when they are tried: one that fails is told as well.",
        "Reads of the environment are told where they go through `os.environ` and `os.getenv`,"
        " and the program itself asks; C reads it unheard.",
    ]
    if log.header["backend"] == "settrace":
        sentences.append(
            "Effects of functions in C are heard by audit events alone: not of `pickle.dump`"
            " or `numpy.random.seed`, but of the files that are opened for them."
        )
    else:
        sentences.append(
            "Of effects of functions in C that the namespace calls itself, the first argument"
            " is known, and others where they are plain names (locals: from Python 3.13 on); of"
            " such calls by others, what audit events tell."
        )
    if log.header["backend"] == "monitoring":
        sentences.append(
            "Of calls into libraries the first ones of each line are seen: their counts are"
            " too low, and what only operators, items and conversions call may be missing."
        )
    if log.stream.pairs or log.stream.roots:
        sentences.append(
            "Of a function that was called often the first calls were looked at; later ones"
            " are counted for each pair of caller and callee, without a look at the line that"
            " called, at functions outside in between, or at threads of native code."
        )
    if log.stream.lost:
        sentences.append(
            f"{log.stream.lost} calls had no caller with a name yet when the target ended."
        )
    if log.stream.trouble:
        sentences.append(
            "Calls of functions that are called often are counted too low: the rest of their"
            f" stream was not read, since {log.stream.trouble}."
        )
    if not log.header["has_columns"]:
        sentences.append("This interpreter has no columns: call sites are known by line.")
        sentences.append("Objects in the locals of a traced function live until it returns.")
    if cut := log.last("footer").get("cut", {}).get("effect", 0):
        sentences.append(f"{cut} effects came after those that are kept, and are not told.")
    for library in sorted({record["library"] for record in log.by_kind["hidden"]}):
        number = sum(record["library"] == library for record in log.by_kind["hidden"])
        functions = "1 function that" if number == 1 else f"{number} functions that"
        sentences.append(f"{functions} {library} made at run time: not recorded themselves.")
    sentences += [
        record["text"][:1].upper() + record["text"][1:] + "." for record in log.by_kind["note"]
    ]
    sentences += cut_sentence(log.last("footer"))
    return tuple(sentences)
