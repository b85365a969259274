"""Names: short ones that stay unique among those shown, places, and what the question names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from tracer.model.evidence import ChainHop, Evidence, ReconciledEdge
from tracer.model.source import (
    MODULE_QUALNAME,
    Callee,
    Function,
    FunctionId,
    is_function,
    path_of,
    qualname_of,
)


class Names:
    """Short names for functions that stay unique among those shown.

    Args:
        evidence: What is shown.
        least_parts: Dotted parts that a short name has at least, where its function has as many.
            Two, `model_manager.save`, keep a name clear outside the page that shows it.
    """

    def __init__(self, evidence: Evidence, least_parts: int = 2) -> None:
        self._functions = {function.id: function for function in evidence.functions}
        shown = set(self._functions) | _named_functions(evidence)
        self._short = _unique_names({each: self.dotted(each) for each in shown}, least_parts)

    def function(self, function: FunctionId) -> Function | None:
        """The definition, where it stands in the evidence."""
        return self._functions.get(function)

    def dotted(self, callee: Callee) -> str:
        """The whole dotted name; module-level code ends in `<module>`."""
        if not is_function(callee):
            return callee
        known = self._functions.get(callee)
        module = known.module if known else module_of(path_of(callee))
        qualname = qualname_of(callee).replace(".<locals>", "")
        ordinal = callee.partition("::")[2].partition("#")[2]
        return f"{module}.{qualname}" + (f"#{ordinal}" if ordinal else "")

    def short(self, callee: Callee) -> str:
        """The shortest dotted tail that names one function of the evidence; externals whole."""
        if not is_function(callee):
            return callee
        return self._short.get(callee) or self.dotted(callee)

    def place(self, callee: Callee) -> str:
        """`path:line` of the definition; empty for an external, the path alone where unknown."""
        if not is_function(callee):
            return ""
        known = self._functions.get(callee)
        return f"{known.path}:{known.def_line}" if known else path_of(callee)


def module_of(path: str) -> str:
    """The dotted name that a file has when nobody knows better."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_module_level(function: FunctionId) -> bool:
    """Whether the function stands for the code of a module itself."""
    return qualname_of(function) == MODULE_QUALNAME


def hop_place(hop: ChainHop) -> str:
    """`path:line` of the call."""
    return f"{path_of(hop.caller)}:{hop.line}"


def edge_place(edge: ReconciledEdge) -> str:
    """`path:line` of the call."""
    return f"{path_of(edge.caller)}:{edge.line}"


def named_functions(evidence: Evidence) -> frozenset[FunctionId]:
    """The functions that the question names: by the whole or the end of their dotted name, or as
    `path.py::Class.method`."""
    mentions = evidence.brief.mentions
    return frozenset(
        function.id
        for function in evidence.functions
        if not function.is_holder and any(_bears(function, mention) for mention in mentions)
    )


def _bears(function: Function, mention: str) -> bool:
    path, is_place, name = mention.rpartition("::")
    if is_place:
        return function.qualname == name and f"/{function.path}".endswith(f"/{path}")
    parts = mention.split(".")
    return function.dotted.split(".")[-len(parts) :] == parts


def _named_functions(evidence: Evidence) -> set[FunctionId]:
    named: set[FunctionId] = set(evidence.entry_points)
    named.update(candidate.function for candidate in evidence.candidates)
    named.update(effect.function for effect in evidence.effects)
    named.update(site.caller for site in evidence.open_sites)
    named.update(layout.function for layout in evidence.layouts)
    named.update(hop.function for flow in evidence.flows for hop in flow.hops)
    callees: list[Callee] = [edge.callee for edge in evidence.edges]
    callees += [hop.callee for flow in evidence.flows for hop in flow.hops if hop.callee]
    callees += evidence.contrasted.callees if evidence.contrasted else ()
    for edge in evidence.edges:
        named.add(edge.caller)
    for answer in evidence.paths:
        named.add(answer.source)
        named.update(answer.sibling_callers)
        callees.append(answer.target)
    for hops in [
        *(chain.hops for chain in evidence.chains),
        *(answer.hops for answer in evidence.paths),
    ]:
        for hop in hops:
            named.add(hop.caller)
            callees.append(hop.callee)
    named.update(callee for callee in callees if is_function(callee))
    return named


def _unique_names(dotted: Mapping[FunctionId, str], least_parts: int) -> dict[FunctionId, str]:
    """Dotted tails, lengthened until no two functions share one.

    Module-level code always shows its module: `<module>` alone says nothing.
    """
    parts = {function: _parts(name) for function, name in dotted.items()}
    wanted = {
        function: min(len(parts[function]), max(least_parts, _own_parts(function)))
        for function in parts
    }
    while True:
        tails: dict[str, list[FunctionId]] = defaultdict(list)
        for function in parts:
            tails[".".join(parts[function][-wanted[function] :])].append(function)
        clashing = [
            function
            for functions in tails.values()
            if len(functions) > 1
            for function in functions
            if wanted[function] < len(parts[function])
        ]
        if not clashing:
            break
        for function in clashing:
            wanted[function] += 1
    names = {function: ".".join(parts[function][-wanted[function] :]) for function in parts}
    times = Counter(names.values())
    return {
        function: name if times[name] == 1 else f"{path_of(function)}::{qualname_of(function)}"
        for function, name in names.items()
    }


def _parts(dotted: str) -> list[str]:
    return dotted.split(".")


def _own_parts(function: FunctionId) -> int:
    if is_module_level(function):
        return 2
    return 1 + qualname_of(function).replace(".<locals>", "").count(".")
