"""What tracers are asked to follow; all of it lies in this module, the namespace `workloads`.

Each function of `WORKLOADS` takes a scale, does work in proportion to it (0.1 to 0.2 s untraced at
scale 1) and returns a value that depends on the scale alone. A comment `tap WORKLOAD: EXPRESSION`
marks a line after which that expression is read in the modes with taps.
"""

from __future__ import annotations

import asyncio
import configparser
import difflib
import io
import pickle
import shlex
import tempfile
import textwrap
import threading
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any


def _times(scale: float, at_one: int) -> int:
    return max(1, round(scale * at_one))


# --- calls of one small function by itself ---


def _paths(right: int, down: int) -> int:
    """Ways through a grid; 2 * binomial(right + down, right) - 1 calls."""
    if not right or not down:
        return 1
    return _paths(right - 1, down) + _paths(right, down - 1)


def recursive(scale: float) -> int:
    """A million calls at scale 1."""
    total = 0
    for _ in range(_times(scale, 146)):
        total += _paths(7, 7)  # tap recursive: total
    return total


# --- lines without calls ---


def _longest_run(start: int, numbers: int) -> int:
    state, longest, run = start, 0, 0
    for _ in range(numbers):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        if state & 1:
            run += 1
            if run > longest:
                longest = run
        else:
            run = 0
    return longest


def numeric(scale: float) -> int:
    """A generator of random numbers, written out."""
    longest = 0
    for block in range(_times(scale, 600)):
        longest += _longest_run(block + 1, 1000)  # tap numeric: longest
    return longest


# --- Python code of the standard library, outside the namespace ---

_TEXT = "the probe is a guest in the house of its host and leaves it as it was found, 'always so' "


def _library_round(number: int) -> int:
    words = shlex.split(_TEXT * 2 + str(number))
    wrapped = textwrap.wrap(" ".join(words), 40)
    config = configparser.ConfigParser()
    config.read_string(
        "[a]\n" + "\n".join(f"k{i} = {i} of %(base)s" for i in range(12)) + "\nbase=1"
    )
    values = [config.get("a", f"k{i}") for i in range(12)]
    matcher = difflib.SequenceMatcher(None, wrapped[0], wrapped[-1])
    return len(words) + len(wrapped) + len(values) + len(matcher.get_matching_blocks())


def library(scale: float) -> int:
    """A few calls of ours, each of which makes thousands elsewhere."""
    total = 0
    for number in range(_times(scale, 400)):
        total += _library_round(number)  # tap library: total
    return total


# --- functions in C ---


def _c_round(numbers: int) -> int:
    kept: list[int] = []
    add, total = kept.append, 0
    for number in range(numbers):
        add(number)
        total += len(kept) + abs(-number) + max(number, 3) + hash("x")
        if isinstance(number, str):
            total += ord(number)
    return total - numbers * hash("x")


def c_calls(scale: float) -> int:
    """Hundreds of thousands of calls of builtins."""
    total = 0
    for _ in range(_times(scale, 500)):
        total += _c_round(1000)  # tap c_calls: total
    return total


# --- many small methods: a machine with a stack ---


class _Stack:
    def __init__(self) -> None:
        self._values: list[int] = []

    @property
    def depth(self) -> int:
        return len(self._values)

    def push(self, value: int) -> None:
        self._values.append(value)

    def pop(self) -> int:
        return self._values.pop()


class _Instruction:
    def run(self, stack: _Stack, names: dict[str, int]) -> None:
        raise NotImplementedError


class _Constant(_Instruction):
    def __init__(self, value: int) -> None:
        self.value = value

    def run(self, stack: _Stack, names: dict[str, int]) -> None:
        stack.push(self.value)


class _Name(_Instruction):
    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, stack: _Stack, names: dict[str, int]) -> None:
        stack.push(names[self.name])


class _Operator(_Instruction):
    def __init__(self, compute: Callable[..., int]) -> None:
        self.compute = compute

    def run(self, stack: _Stack, names: dict[str, int]) -> None:
        if stack.depth < 2:
            raise ValueError("too few values")
        right, left = stack.pop(), stack.pop()
        stack.push(self.compute(left=left, right=right))


def _modular(compute: Callable[[int, int], int]) -> Callable[..., int]:
    def computed(*, left: int, right: int) -> int:
        return compute(left, right) % 1_000_003

    return computed


_PLUS, _TIMES = _modular(lambda a, b: a + b), _modular(lambda a, b: a * b)


class _Machine:
    def __init__(self, text: str) -> None:
        self._program = [self._instruction(word) for word in text.split()]

    def _instruction(self, word: str) -> _Instruction:
        if word in "+*":
            return _Operator(_PLUS if word == "+" else _TIMES)
        return _Constant(int(word)) if word.isdigit() else _Name(word)

    def run(self, **names: int) -> int:
        stack = _Stack()
        for instruction in self._program:
            instruction.run(stack, names)
        return stack.pop()


def methods(scale: float) -> int:
    """Methods, properties, closures, keyword arguments: none does much."""
    machine, value = _Machine("x 3 * y + 7 x * + y x + * 5 + z * x y * +"), 1
    for number in range(_times(scale, 20_000)):
        value = machine.run(x=number, y=value, z=value + 1)  # tap methods: value
    return value


# --- threads ---


def _mixed(value: int) -> int:
    return (value * 2_654_435_761) & 0xFFFF


def _pair(value: int) -> int:
    return _mixed(value) ^ _mixed(value + 1)


def _thread(number: int, rounds: int, results: dict[int, int]) -> None:
    total = 0
    for index in range(rounds):
        total += _pair(index * number)
    results[number] = total  # tap threads: total


def threads(scale: float) -> int:
    """Eight threads that call."""
    results: dict[int, int] = {}
    rounds = _times(scale, 240_000) // 8 + 1
    started = [threading.Thread(target=_thread, args=(k, rounds, results)) for k in range(8)]
    for each in started:
        each.start()
    for each in started:
        each.join()
    return sum(results.values())


# --- generators, tasks ---


def _counted(size: int) -> Iterator[int]:
    yield from range(size)


def _evens(size: int) -> Iterator[int]:
    for number in _counted(size):
        if not number % 2:
            yield number


async def _streamed(size: int) -> AsyncIterator[int]:
    for number in _evens(size):
        if not number % 16:
            await asyncio.sleep(0)
        yield number


async def _doubled(number: int) -> int:
    return number * 2


async def _task(number: int, size: int) -> int:
    total = 0
    async for each in _streamed(size):
        total += await _doubled(each)
    return total * number  # tap generators: total


async def _tasks(size: int) -> int:
    return sum(await asyncio.gather(*(_task(number, size) for number in range(10))))


def generators(scale: float) -> int:
    """Ten tasks over asynchronous generators over generators."""
    return asyncio.run(_tasks(_times(scale, 30_000)))


# --- exceptions ---


class _Refused(Exception):
    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.depth = depth


def _refuse(depth: int) -> int:
    if depth == 4:
        raise _Refused(depth)
    return _refuse(depth + 1)


def _asked(number: int) -> int:
    try:
        return _refuse(0)
    except _Refused as refused:
        return refused.depth + number


def exceptions(scale: float) -> int:
    """Each passes through five frames."""
    total = 0
    for number in range(_times(scale, 60_000)):
        total += _asked(number) & 7
    return total  # tap exceptions: total


# --- a training run ---

SETTINGS: dict[str, Any] = {"width": 48, "rate": 0.02, "epoch": 0}


def _batches(np: Any, count: int) -> Iterator[tuple[Any, Any]]:
    generator = np.random.default_rng(11)
    for _ in range(count):
        inputs = generator.standard_normal((256, SETTINGS["width"]))
        yield inputs, np.tanh(inputs.sum(axis=1, keepdims=True))


class _Dense:
    def __init__(self, np: Any, rows: int, columns: int) -> None:
        self.weights = np.full((rows, columns), 0.01)
        self.inputs: Any = None

    def forward(self, inputs: Any) -> Any:
        self.inputs = inputs
        return inputs @ self.weights

    def backward(self, gradient: Any, rate: float) -> Any:
        passed_on = gradient @ self.weights.T
        self.weights -= rate * self.inputs.T @ gradient / len(gradient)
        return passed_on


class _Model:
    def __init__(self, np: Any) -> None:
        self._np = np
        self.layers = [_Dense(np, SETTINGS["width"], 64), _Dense(np, 64, 1)]

    def step(self, inputs: Any, wanted: Any) -> float:
        found = inputs
        for layer in self.layers:
            found = layer.forward(found)
        gradient = self._np.clip(found - wanted, -1.0, 1.0)
        loss = float((gradient**2).mean())  # tap training: loss
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient, SETTINGS["rate"])
        return loss


def _save(np: Any, model: _Model, place: Path) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, layer in enumerate(model.layers):
            buffer = io.BytesIO()
            np.save(buffer, layer.weights)
            archive.writestr(f"layer{number}.npy", buffer.getvalue())
        archive.writestr("settings.pkl", pickle.dumps(SETTINGS))


def _load(np: Any, model: _Model, place: Path) -> None:
    with zipfile.ZipFile(place) as archive:
        for number, layer in enumerate(model.layers):
            layer.weights = np.load(io.BytesIO(archive.read(f"layer{number}.npy")))
        SETTINGS.update(pickle.loads(archive.read("settings.pkl")))


def training(scale: float) -> float:
    """A model is trained, saved and loaded in each epoch."""
    import numpy as np

    model, loss = _Model(np), 0.0
    with tempfile.TemporaryDirectory() as folder:
        for epoch in range(_times(scale, 30)):
            SETTINGS["epoch"] = epoch
            for inputs, wanted in _batches(np, 8):
                loss = model.step(inputs, wanted)
            place = Path(folder, f"epoch{epoch}.zip")
            _save(np, model, place)
            _load(np, model, place)
    return round(loss, 6)


# --- what one reading of a tap costs ---


class _Box:
    def __init__(self) -> None:
        self.inner = self
        self.count = 0


def _local(rounds: int) -> int:
    value = 0
    for number in range(rounds):
        value = number & 3  # tap tapped_local: value
    return value


def _chain(rounds: int) -> int:
    box = _Box()
    for number in range(rounds):
        box.count = number & 3  # tap tapped_chain: box.inner.inner.count
    return box.count


def tapped_local(scale: float) -> int:
    """One reading of a local in each round, and no calls."""
    return _local(READINGS["tapped_local"](scale))


def tapped_chain(scale: float) -> int:
    """One reading of an attribute of an attribute in each round."""
    return _chain(READINGS["tapped_chain"](scale))


READINGS: dict[str, Callable[[float], int]] = {
    name: lambda scale: _times(scale, 200_000) for name in ("tapped_local", "tapped_chain")
}
WORKLOADS: dict[str, Callable[[float], int | float]] = {
    each.__name__: each
    for each in (
        recursive,
        numeric,
        library,
        c_calls,
        methods,
        threads,
        generators,
        exceptions,
        training,
        tapped_local,
        tapped_chain,
    )
}
