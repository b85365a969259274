"""A stand-in for TensorFlow: tensors are NumPy arrays, layers have shapes and no weights.

Shapes and dtypes follow the library's documentation, values do not: what a network computes is
zeros. Layers and losses that a program writes itself run for real, once a batch.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

import numpy
from tracer_stand_in import Base, invent, is_invented, note

VERSION = "2.18.0"
ALIASES = {
    "tensorflow.compat.v2": "tensorflow",
    "tensorflow.python.keras": "tensorflow.keras",
    "tensorflow.dtypes.cast": "tensorflow.cast",
    "tensorflow.dtypes.complex": "tensorflow.complex",
    "tensorflow.linalg.einsum": "tensorflow.einsum",
    "tensorflow.linalg.matmul": "tensorflow.matmul",
    "tensorflow.linalg.norm": "tensorflow.norm",
    "tensorflow.nn.sigmoid": "tensorflow.math.sigmoid",
    "tensorflow.nn.softplus": "tensorflow.math.softplus",
    "tensorflow.sigmoid": "tensorflow.math.sigmoid",
    "tensorflow.keras.activations.swish": "tensorflow.keras.activations.silu",
    "tensorflow.keras.models.Model": "tensorflow.keras.Model",
    "tensorflow.keras.models.Sequential": "tensorflow.keras.Sequential",
    "tensorflow.keras.layers.Input": "tensorflow.keras.Input",
    "tensorflow.keras.layers.MaxPool2D": "tensorflow.keras.layers.MaxPooling2D",
    "tensorflow.keras.saving.load_model": "tensorflow.keras.models.load_model",
    "tensorflow.keras.saving.save_model": "tensorflow.keras.models.save_model",
    "tensorflow.keras.utils.register_keras_serializable": (
        "tensorflow.keras.saving.register_keras_serializable"
    ),
}
ABSENT = ["tensorflow.contrib", "tensorflow.placeholder", "tensorflow.Session"]
DECORATORS = [
    "tensorflow.autograph.experimental.do_not_convert",
    "tensorflow.Module.with_name_scope",
]

_DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)


# Tensors


class TensorShape(tuple):
    def as_list(self) -> list[int]:
        return list(self)

    @property
    def rank(self) -> int:
        return len(self)

    ndims = rank

    def num_elements(self) -> int:
        return int(numpy.prod(self))


class DType:
    """A NumPy dtype by the library's name; NumPy takes it for one, since it has `dtype`."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = numpy.dtype(dtype)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "dtype":
            raise AttributeError(name)
        return getattr(self.dtype, name)  # kind, name, itemsize

    def __eq__(self, other: Any) -> bool:
        if is_invented(other):
            return False
        try:
            return self.dtype == numpy.dtype(other)
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"tf.{self.dtype.name}"

    def __reduce__(self) -> Any:
        return DType, (self.dtype.name,)

    @property
    def as_numpy_dtype(self) -> Any:
        return self.dtype.type

    @property
    def as_datatype_enum(self) -> int:
        return self.dtype.num

    @property
    def base_dtype(self) -> Any:
        return self

    @property
    def real_dtype(self) -> Any:
        return DType({"complex64": "float32", "complex128": "float64"}.get(self.name, self.dtype))

    @property
    def is_complex(self) -> bool:
        return self.dtype.kind == "c"

    @property
    def is_floating(self) -> bool:
        return self.dtype.kind == "f"

    @property
    def is_integer(self) -> bool:
        return self.dtype.kind in "iu"

    @property
    def is_bool(self) -> bool:
        return self.dtype.kind == "b"

    @property
    def size(self) -> int:
        return self.dtype.itemsize


def as_dtype(type_value: Any) -> DType:
    return DType(type_value)


class Tensor(numpy.ndarray):
    """An array that also answers to a tensor's names."""

    # Who made it, of what: (function, arguments, keywords, position). Only what comes of `Input`
    # has one, so that a model can be run again with other inputs; None: a value.
    origin: Any = None

    @property
    def dtype(self) -> DType:
        return DType(numpy.ndarray.dtype.__get__(self))

    @dtype.setter
    def dtype(self, value: Any) -> None:  # NumPy sets it in a view
        numpy.ndarray.dtype.__set__(self, value)

    @property
    def shape(self) -> TensorShape:
        return TensorShape(numpy.ndarray.shape.__get__(self))

    @shape.setter
    def shape(self, value: Any) -> None:
        numpy.ndarray.shape.__set__(self, value)

    def __getitem__(self, key: Any) -> Any:
        found = numpy.ndarray.__getitem__(self, _operand(key))
        made = found if isinstance(found, Tensor) else numpy.asarray(found).view(Tensor)
        return _with_origin(made, _item, (self, key), {}) if self.origin is not None else made

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if any(is_invented(each) for each in inputs):
            return NotImplemented
        out = keywords.get("out")
        if out is not None:
            keywords["out"] = tuple(_array_of(each) for each in out)
        result = getattr(ufunc, method)(*(_array_of(each) for each in inputs), **keywords)
        if out is not None:
            return out[0]
        if method != "__call__" or result is NotImplemented:
            return _tensors(result)
        made = _tensors(result)
        return _with_origin(made, ufunc, inputs, {}) if _is_symbolic(inputs) else made

    def numpy(self) -> Any:
        plain = numpy.asarray(self)
        return plain if plain.ndim else plain[()]

    def get_shape(self) -> TensorShape:
        return self.shape

    def set_shape(self, _shape: Any) -> None:
        return None

    def ref(self) -> int:
        return id(self)

    @property
    def device(self) -> str:
        return "/job:localhost/replica:0/task:0/device:CPU:0"


class Variable(Tensor):
    def __new__(
        cls,
        initial_value: Any = 0.0,
        trainable: bool = True,
        name: str = "Variable",
        **keywords: Any,
    ) -> Any:
        value = initial_value() if callable(initial_value) else initial_value
        made = convert_to_tensor(value, keywords.get("dtype"))
        if is_invented(made):
            return made
        made = numpy.array(made).view(cls)
        made.trainable, made.name = trainable, f"{name}:0"
        return made

    def assign(self, value: Any, **_keywords: Any) -> Any:
        if not is_invented(value):
            self[...] = value
        return self

    def assign_add(self, value: Any, **_keywords: Any) -> Any:
        return self.assign(self + value)

    def assign_sub(self, value: Any, **_keywords: Any) -> Any:
        return self.assign(self - value)

    def read_value(self) -> Any:
        return self

    value = read_value


def convert_to_tensor(value: Any, dtype: Any = None, **_keywords: Any) -> Any:
    if is_invented(value) or _holds_invented(value):
        return invent("tensorflow.convert_to_tensor()")
    if isinstance(value, Tensor) and (dtype is None or value.dtype == _dtype(dtype)):
        return value
    array = numpy.asarray(value)
    if dtype is not None:
        array = array.astype(_dtype(dtype))
    elif not isinstance(value, (numpy.ndarray, numpy.generic)) and not _holds_arrays(value):
        narrow = {"float64": "float32", "int64": "int32", "complex128": "complex128"}
        array = array.astype(narrow.get(array.dtype.name, _dtype(array.dtype)))
    return array.view(Tensor)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Any:
    made = convert_to_tensor(value, dtype)
    if shape is None or is_invented(made):
        return made
    return numpy.broadcast_to(made, tuple(shape)).copy().view(Tensor)


def cast(x: Any, dtype: Any, name: Any = None) -> Any:
    made = convert_to_tensor(x)
    if is_invented(made):
        return made
    wanted = _dtype(dtype)
    if made.dtype.kind == "c" and wanted.kind != "c":
        made = made.real
    return made.astype(wanted)


def is_tensor(x: Any) -> bool:
    return isinstance(x, Tensor) or is_invented(x)


def shape(input: Any, out_type: Any = "int32", name: Any = None) -> Any:
    made = convert_to_tensor(input)
    return made if is_invented(made) else convert_to_tensor(list(made.shape), out_type)


def _dtype(given: Any) -> Any:
    try:
        return numpy.dtype(given)
    except TypeError:
        return numpy.dtype("float32")


def _holds_invented(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(
        is_invented(each) or _holds_invented(each) for each in value
    )


def _holds_arrays(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(
        isinstance(each, (numpy.ndarray, numpy.generic)) or _holds_arrays(each) for each in value
    )


# Functions that NumPy has as well: by the library's name, NumPy's own, and how arguments differ

_SAME = {
    "abs": "abs",
    "add": "add",
    "angle": "angle",
    "argmax": "argmax",
    "argmin": "argmin",
    "atan2": "arctan2",
    "broadcast_to": "broadcast_to",
    "ceil": "ceil",
    "conj": "conj",
    "cos": "cos",
    "cumsum": "cumsum",
    "divide": "divide",
    "equal": "equal",
    "exp": "exp",
    "expand_dims": "expand_dims",
    "cosh": "cosh",
    "cumprod": "cumprod",
    "floor": "floor",
    "floordiv": "floor_divide",
    "floormod": "mod",
    "greater": "greater",
    "greater_equal": "greater_equal",
    "imag": "imag",
    "is_finite": "isfinite",
    "is_inf": "isinf",
    "is_nan": "isnan",
    "less": "less",
    "less_equal": "less_equal",
    "linspace": "linspace",
    "log": "log",
    "log1p": "log1p",
    "logical_and": "logical_and",
    "logical_not": "logical_not",
    "logical_or": "logical_or",
    "matmul": "matmul",
    "maximum": "maximum",
    "minimum": "minimum",
    "mod": "mod",
    "multiply": "multiply",
    "negative": "negative",
    "not_equal": "not_equal",
    "ones_like": "ones_like",
    "pow": "power",
    "real": "real",
    "reduce_all": "all",
    "reduce_any": "any",
    "reduce_max": "max",
    "reduce_mean": "mean",
    "reduce_min": "min",
    "reduce_prod": "prod",
    "reduce_std": "std",
    "reduce_sum": "sum",
    "reduce_variance": "var",
    "reshape": "reshape",
    "reverse": "flip",
    "roll": "roll",
    "round": "round",
    "sign": "sign",
    "sin": "sin",
    "sinh": "sinh",
    "sort": "sort",
    "argsort": "argsort",
    "sqrt": "sqrt",
    "square": "square",
    "squeeze": "squeeze",
    "stack": "stack",
    "subtract": "subtract",
    "tan": "tan",
    "tanh": "tanh",
    "tile": "tile",
    "where": "where",
    "zeros_like": "zeros_like",
}
_ALSO_IN_MATH = frozenset(_SAME) - {
    *("broadcast_to", "expand_dims", "linspace", "matmul", "ones_like", "reshape", "reverse"),
    *("sort", "argsort", "roll", "squeeze", "stack", "tile", "where", "zeros_like"),
}
_KEYWORDS = {"keep_dims": "keepdims", "multiples": "reps"}
_FIRST = ("input", "input_tensor", "tensor", "x", "a", "values", "value", "features", "params")


def _by_numpy(name: str, function: Any, makes: Any = None) -> Any:
    def call(*arguments: Any, **keywords: Any) -> Any:
        keywords.pop("name", None)
        first = next(iter(keywords), "")
        if not arguments and first in _FIRST:
            arguments = (keywords.pop(first),)
        named = {_KEYWORDS.get(key, key): value for key, value in keywords.items()}
        given = [_operand(each) for each in arguments]
        named = {key: _operand(value) for key, value in named.items()}
        if any(is_invented(each) or _holds_invented(each) for each in (*given, *named.values())):
            return invent(f"tensorflow.{name}()")
        try:
            with numpy.errstate(all="ignore"):
                made = _tensors(function(*given, **named))
        except (TypeError, ValueError, IndexError) as error:
            note(f"the recipe for tensorflow.{name} does not know this call: {error}")
            return invent(f"tensorflow.{name}()")
        if _is_symbolic((*arguments, *keywords.values())):
            return _with_origin(made, call, arguments, keywords)
        return made

    call.path = name  # type: ignore[attr-defined]
    return call


def _operand(value: Any) -> Any:
    """An argument as NumPy takes it: shapes and axes as plain numbers."""
    if isinstance(value, Tensor) and value.ndim <= 1 and value.dtype.kind == "i" and value.size < 9:
        return tuple(value.tolist()) if value.ndim else int(value)
    if isinstance(value, Tensor):
        return numpy.asarray(value)
    if type(value) in (list, tuple):
        items = [_operand(each) for each in value]
        if type(value) is tuple or all(isinstance(each, (int, numpy.integer)) for each in items):
            return tuple(items)  # axes and shapes
        return items
    return value


def _array_of(value: Any) -> Any:
    return value.view(numpy.ndarray) if isinstance(value, Tensor) else value


def _item(tensor: Any, key: Any) -> Any:
    return tensor[key]


def _is_symbolic(values: Any) -> bool:
    """Whether something of this comes of an `Input`."""
    return any(
        _is_symbolic(each)
        if isinstance(each, (list, tuple))
        else isinstance(each, Tensor) and each.origin is not None
        for each in values
    )


def _with_origin(
    result: Any, function: Any, arguments: Any, keywords: Any, position: Any = None
) -> Any:
    if isinstance(result, (list, tuple)) and not isinstance(result, TensorShape):
        return type(result)(
            _with_origin(each, function, arguments, keywords, number)
            for number, each in enumerate(result)
        )
    if isinstance(result, Tensor):
        result = result.view(Tensor)
        result.origin = (function, arguments, keywords, position)
    return result


def _tensors(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_tensors(each) for each in value]
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return numpy.asarray(value).view(Tensor)
    return value


def _concat(values: Any, axis: int = -1) -> Any:
    return numpy.concatenate(values, axis=axis)


def _split(value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None) -> Any:
    if not isinstance(num_or_size_splits, int):
        num_or_size_splits = numpy.cumsum(num_or_size_splits)[:-1]
    return numpy.split(value, num_or_size_splits, axis=axis)


def _unstack(value: Any, num: Any = None, axis: int = 0) -> Any:
    return [numpy.take(value, at, axis=axis) for at in range(value.shape[axis])]


def _pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0) -> Any:
    if mode.upper() == "CONSTANT":
        return numpy.pad(tensor, paddings, constant_values=constant_values)
    return numpy.pad(tensor, paddings, mode=mode.lower())


def _gather(
    params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: int = 0
) -> Any:
    axis = batch_dims if axis is None else axis
    if batch_dims:
        pairs = zip(params, numpy.asarray(indices))
        inner = axis - 1 if axis > 0 else axis
        return numpy.stack([_gather(*pair, None, inner, batch_dims - 1) for pair in pairs])
    return numpy.take(params, numpy.asarray(indices, dtype=int), axis=axis, mode="clip")


def _gather_nd(params: Any, indices: Any, batch_dims: int = 0) -> Any:
    where = numpy.moveaxis(numpy.asarray(indices, dtype=int), -1, 0)
    return numpy.asarray(params)[tuple(where)]


def _tensor_scatter(tensor: Any, indices: Any, updates: Any) -> Any:
    made = numpy.array(tensor)
    made[tuple(numpy.moveaxis(numpy.asarray(indices, dtype=int), -1, 0))] = updates
    return made


def _scatter_nd(indices: Any, updates: Any, shape: Any) -> Any:
    made = numpy.zeros(shape, numpy.asarray(updates).dtype)
    where = tuple(numpy.moveaxis(numpy.asarray(indices, dtype=int), -1, 0))
    numpy.add.at(made, where, updates)
    return made


def _one_hot(indices: Any, depth: int, on_value: Any = 1.0, off_value: Any = 0.0, **_rest: Any):
    hot = numpy.arange(depth) == numpy.asarray(indices)[..., None]
    return numpy.where(hot, on_value, off_value).astype("float32")


def _norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = False) -> Any:
    return numpy.sqrt(numpy.sum(numpy.abs(tensor) ** 2, axis=axis, keepdims=bool(keepdims)))


def _extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str) -> Any:
    _, high, wide, _ = sizes
    if padding.upper() == "SAME":
        pads = [_same_padding(images.shape[at], sizes[at], strides[at]) for at in (1, 2)]
        images = numpy.pad(images, [(0, 0), *pads, (0, 0)])
    windows = numpy.lib.stride_tricks.sliding_window_view(images, (high, wide), axis=(1, 2))
    windows = windows[:, :: strides[1], :: strides[2]]  # batch, rows, columns, depth, high, wide
    windows = numpy.moveaxis(windows, 3, 5)
    return windows.reshape(*windows.shape[:3], -1)


def _same_padding(length: int, size: int, stride: int) -> tuple[int, int]:
    missing = max((-(-length // stride) - 1) * stride + size - length, 0)
    return missing // 2, missing - missing // 2


def _cropped_or_padded(image: Any, target_height: int, target_width: int) -> Any:
    for axis, wanted in ((-3, target_height), (-2, target_width)):
        missing = wanted - image.shape[axis]
        if missing < 0:
            start = -missing // 2
            image = numpy.take(image, range(start, start + wanted), axis=axis)
        else:
            pads = [(0, 0)] * image.ndim
            pads[axis] = (missing // 2, missing - missing // 2)
            image = numpy.pad(image, pads)
    return image


def _log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False) -> Any:
    return numpy.exp(log_input) - log_input * targets


def _conv2d(input: Any, filters: Any, strides: Any, padding: Any, *_more: Any, **_rest: Any) -> Any:
    steps = [strides] * 4 if isinstance(strides, int) else list(strides)
    steps = [1, *steps, 1] if len(steps) == 2 else steps
    sizes = [1, *numpy.asarray(filters).shape[:2], 1]
    lengths = [
        -(-(input.shape[at] - (sizes[at] - 1) * (padding == "VALID")) // steps[at]) for at in (1, 2)
    ]
    channels = numpy.asarray(filters).shape[3]
    return numpy.zeros((input.shape[0], *lengths, channels), numpy.asarray(input).dtype)


def _depthwise(input: Any, filter: Any, strides: Any, padding: Any, **_rest: Any) -> Any:
    made = _conv2d(input, filter, strides, padding)
    channels = input.shape[3] * numpy.asarray(filter).shape[3]
    return numpy.zeros((*made.shape[:3], channels), made.dtype)


def _filled(value: float) -> Any:
    def make(shape: Any, dtype: Any = "float32", **_keywords: Any) -> Any:
        return numpy.full(shape, value, dtype=_dtype(dtype))

    return make


def _random(shape: Any, *_arguments: Any, dtype: Any = "float32", **_keywords: Any) -> Any:
    return numpy.zeros(shape, dtype=_dtype(dtype))


def _range(*limits: Any, delta: Any = None, dtype: Any = None, **named: Any) -> Any:
    limits = (*limits, *named.values())
    made = numpy.arange(*limits, *(() if delta is None else (delta,)))
    narrow = {"int64": "int32", "float64": "float32"}.get(made.dtype.name, made.dtype)
    return made.astype(_dtype(dtype) if dtype is not None else narrow)


def _eye(num_rows: int, num_columns: Any = None, dtype: Any = "float32", **_keywords: Any) -> Any:
    return numpy.eye(num_rows, num_columns, dtype=_dtype(dtype))


def _complex(real: Any, imag: Any) -> Any:
    made = numpy.asarray(real) + 1j * numpy.asarray(imag)
    wide = numpy.asarray(real).dtype.name == "float64"
    return made.astype("complex128" if wide else "complex64")


def _narrow(function: Any) -> Any:
    def call(input: Any, **_keywords: Any) -> Any:
        given = numpy.asarray(input)
        wide = given.dtype.name in ("complex128", "float64")
        return function(given).astype("complex128" if wide else "complex64")

    return call


def _pass(*_arguments: Any, **_keywords: Any) -> None:
    return None


_ASSERTIONS = (
    *("assert_equal", "assert_greater", "assert_greater_equal", "assert_less", "assert_less_equal"),
    *("assert_all_finite", "assert_non_negative", "assert_positive", "assert_rank", "assert_type"),
    *("assert_shapes"),
)
_MADE = {
    "concat": _concat,
    "transpose": lambda a, perm=None, conjugate=False: numpy.transpose(a, perm),
    "split": _split,
    "unstack": _unstack,
    "pad": _pad,
    "gather": _gather,
    "gather_nd": _gather_nd,
    "tensor_scatter_nd_update": _tensor_scatter,
    "scatter_nd": _scatter_nd,
    "one_hot": _one_hot,
    "norm": _norm,
    "ensure_shape": lambda x, shape: x,
    "meshgrid": lambda *given, indexing="xy": numpy.meshgrid(*given, indexing=indexing),
    "repeat": lambda input, repeats, axis=None: numpy.repeat(input, repeats, axis=axis),
    "boolean_mask": lambda tensor, mask, axis=0: numpy.asarray(tensor)[numpy.asarray(mask)],
    "einsum": lambda equation, *inputs, **_rest: numpy.einsum(equation, *inputs),
    "tensordot": lambda a, b, axes: numpy.tensordot(a, b, axes),
    "image.extract_patches": _extract_patches,
    "image.resize_with_crop_or_pad": _cropped_or_padded,
    "nn.log_poisson_loss": _log_poisson_loss,
    "debugging.check_numerics": lambda tensor, message: tensor,
    **{f"debugging.{name}": _pass for name in _ASSERTIONS},
    "nn.conv2d": _conv2d,
    "nn.depthwise_conv2d": _depthwise,
    "zeros": _filled(0),
    "ones": _filled(1),
    "fill": lambda dims, value: numpy.full(dims, value),
    "range": _range,
    "eye": _eye,
    "complex": _complex,
    "clip_by_value": lambda t, clip_value_min, clip_value_max: numpy.clip(
        t, clip_value_min, clip_value_max
    ),
    "identity": lambda input: numpy.array(input),
    "stop_gradient": lambda input: numpy.array(input),
    "rank": numpy.ndim,
    "size": numpy.size,
    "random.normal": _random,
    "random.uniform": _random,
    "random.truncated_normal": _random,
    "signal.fft2d": _narrow(numpy.fft.fft2),
    "signal.ifft2d": _narrow(numpy.fft.ifft2),
    "signal.fft": _narrow(numpy.fft.fft),
    "signal.ifft": _narrow(numpy.fft.ifft),
    "signal.fftshift": numpy.fft.fftshift,
    "signal.ifftshift": numpy.fft.ifftshift,
    "math.sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
    "math.softplus": lambda features: numpy.log1p(numpy.exp(features)),
    "nn.relu": lambda features: numpy.maximum(features, 0),
    "nn.tanh": numpy.tanh,
}
_ACTIVATIONS = {
    "elu": lambda x: numpy.where(x > 0, x, numpy.expm1(x)),
    "exponential": numpy.exp,
    "gelu": lambda x: x / (1 + numpy.exp(-1.702 * x)),
    "linear": lambda x: x,
    "relu": lambda x: numpy.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
    "silu": lambda x: x / (1 + numpy.exp(-x)),
    "softmax": lambda x, axis=-1: numpy.exp(x) / numpy.sum(numpy.exp(x), axis=axis, keepdims=True),
    "softplus": lambda x: numpy.log1p(numpy.exp(x)),
    "tanh": numpy.tanh,
}


# Control flow


def function(func: Any = None, **_options: Any) -> Any:
    return _same if func is None else func


def custom_gradient(f: Any) -> Any:
    def call(*arguments: Any, **keywords: Any) -> Any:
        result = f(*arguments, **keywords)
        return result[0] if isinstance(result, tuple) and len(result) == 2 else result

    call.__name__, call.__doc__ = f.__name__, f.__doc__
    return call


_registered: dict[str, Any] = {}


def register_keras_serializable(package: str = "Custom", name: Any = None) -> Any:
    def register(thing: Any) -> Any:
        _registered[name or thing.__name__] = thing
        return thing

    return register


_traced = 0  # how many functions are being traced: there the library runs both branches


def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: Any = None) -> Any:
    if not _traced:
        return true_fn() if pred else false_fn()
    results = []
    for branch in (true_fn, false_fn):
        try:
            results.append(branch())
        except (ValueError, TypeError, IndexError, AttributeError) as error:
            note(f"a branch of tensorflow.cond raised {type(error).__name__} under stand-ins")
            results.append(invent("tensorflow.cond()"))
    return results[0] if pred else results[1]


def while_loop(
    cond: Any, body: Any, loop_vars: Any, *_more: Any, maximum_iterations: Any = None, **_rest: Any
) -> Any:
    given = loop_vars if isinstance(loop_vars, (list, tuple)) else [loop_vars]
    values = [convert_to_tensor(each) if isinstance(each, (int, float)) else each for each in given]
    turns = 0
    most = _MOST_TURNS if maximum_iterations is None else int(maximum_iterations)
    while turns < most and cond(*values):
        made = body(*values)
        values = list(made) if isinstance(made, (list, tuple)) else [made]
        turns += 1
    if _traced and not turns:
        body(*values)  # it is traced, whether it runs or not
    return type(loop_vars)(values) if isinstance(loop_vars, (list, tuple)) else values[0]


_MOST_TURNS = 1000


def map_fn(fn: Any, elems: Any, *_arguments: Any, **_keywords: Any) -> Any:
    if is_invented(elems):
        return invent("tensorflow.map_fn()")
    is_tuple = isinstance(elems, (list, tuple))
    rows = list(zip(*elems)) if is_tuple else list(elems)
    results = [fn(row if is_tuple else convert_to_tensor(row)) for row in rows]
    if not results or is_invented(results[0]) or isinstance(results[0], (list, tuple)):
        return results[0] if results else invent("tensorflow.map_fn()")
    return convert_to_tensor(numpy.stack(results))


class GradientTape(Base):
    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self.persistent = persistent

    def watch(self, tensor: Any) -> None:
        return None

    def gradient(self, target: Any, sources: Any, **_keywords: Any) -> Any:
        if isinstance(sources, (list, tuple)):
            return [self.gradient(target, each) for each in sources]
        return sources if is_invented(sources) else convert_to_tensor(numpy.zeros_like(sources))


def clear_session(free_memory: bool = True) -> None:
    Layer._made.clear()


class OpError(Exception):
    def __init__(
        self, node_def: Any = None, op: Any = None, message: str = "", *_more: Any
    ) -> None:
        super().__init__(node_def, op, message)
        self.node_def, self.op, self.message = node_def, op, message


_ERRORS = (
    *("AbortedError", "AlreadyExistsError", "CancelledError", "DataLossError"),
    *("DeadlineExceededError", "FailedPreconditionError", "InternalError", "InvalidArgumentError"),
    *("NotFoundError", "OutOfRangeError", "PermissionDeniedError", "ResourceExhaustedError"),
    *("UnauthenticatedError", "UnavailableError", "UnimplementedError", "UnknownError"),
)


def list_devices(device_type: Any = None) -> list[Any]:
    return []


def _same(thing: Any) -> Any:
    return thing


# Keras: layers


class Layer(Base):
    _made: dict[str, int] = {}

    def __init__(
        self, *, name: Any = None, dtype: Any = None, trainable: bool = True, **_rest: Any
    ):
        kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()
        number = Layer._made[kind] = Layer._made.get(kind, -1) + 1
        self.name = name or (f"{kind}_{number}" if number else kind)
        self.dtype, self.trainable, self.built = dtype, trainable, False
        self.own_weights: list[Any] = []

    def add_weight(self, shape: Any = (), initializer: Any = None, dtype: Any = None, **more: Any):
        if isinstance(shape, str):  # the older order: name, shape
            shape = more.get("shape", ())
        weight = Variable(numpy.zeros(tuple(shape), _dtype(dtype or "float32")))
        self.own_weights.append(weight)
        return weight

    def build(self, input_shape: Any) -> None:
        self.built = True

    def call(self, inputs: Any, *_arguments: Any, **_keywords: Any) -> Any:
        return inputs

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if not self.__dict__.get("built"):
            self.__dict__["built"] = True
            self.build(_shapes(arguments[0]) if arguments else None)
        global _traced
        is_symbolic = _is_symbolic((*arguments, *keywords.values()))
        if is_symbolic and type(self).compute_output_shape is not Layer.compute_output_shape:
            shapes = self.compute_output_shape(_batch_shapes(arguments[0]))
            made = _zeros(shapes, self.__dict__.get("dtype"))
            return _with_origin(made, self, arguments, keywords)
        _traced += is_symbolic
        try:
            result = self.call(*arguments, **keywords)
        except (ValueError, TypeError, IndexError, AttributeError) as error:
            note(
                f"{type(self).__name__}.call raised {type(error).__name__} under stand-ins:"
                " its result is invented"
            )
            return invent(f"tensorflow.keras.layers.{type(self).__name__}()()")
        finally:
            _traced -= is_symbolic
        if is_symbolic:
            return _with_origin(result, self, arguments, keywords)
        return result

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**config)

    @property
    def weights(self) -> list[Any]:
        found = [*self.__dict__.get("own_weights", ()), *vars(self).values()]
        return list({id(each): each for each in found if isinstance(each, Variable)}.values())

    @property
    def trainable_variables(self) -> list[Any]:
        return self.weights

    variables = trainable_weights = trainable_variables

    @property
    def non_trainable_weights(self) -> list[Any]:
        return []

    def get_weights(self) -> list[Any]:
        return [numpy.asarray(each) for each in self.weights]

    def set_weights(self, weights: Any) -> None:
        return None

    def count_params(self) -> int:
        return int(sum(each.size for each in self.weights))


def _batch_shapes(inputs: Any) -> Any:
    """The shapes with a batch of any size, as the library asks for them."""
    if isinstance(inputs, (list, tuple)):
        return [_batch_shapes(each) for each in inputs]
    return (None, *inputs.shape[1:]) if isinstance(inputs, numpy.ndarray) else None


def _zeros(shapes: Any, dtype: Any) -> Any:
    """Tensors of these shapes: one shape, or a list of them."""
    if all(side is None or isinstance(side, (int, numpy.integer)) for side in shapes):
        sides = [1 if side is None else int(side) for side in shapes]
        return numpy.zeros(sides, _dtype(dtype or "float32")).view(Tensor)
    return [_zeros(each, dtype) for each in shapes]


def _shapes(inputs: Any) -> Any:
    if isinstance(inputs, (list, tuple)):
        return [_shapes(each) for each in inputs]
    return inputs.shape if isinstance(inputs, numpy.ndarray) else None


def _layer(name: str, outcome: Any, *names: str) -> Any:
    """A layer of the library: what its arguments are called, and what it does to an array."""

    def __init__(self: Any, *arguments: Any, **keywords: Any) -> None:
        Layer.__init__(self, **{k: v for k, v in keywords.items() if k in ("name", "dtype")})
        self.options = {**dict(zip(names, arguments)), **keywords}

    def call(self: Any, inputs: Any, *_arguments: Any, **_keywords: Any) -> Any:
        if is_invented(inputs) or _holds_invented(inputs):
            return invent(f"tensorflow.keras.layers.{name}()()")
        return _tensors(outcome(inputs, self.options))

    def get_config(self: Any) -> dict[str, Any]:
        return {**Layer.get_config(self), **self.options}

    return type(Layer)(
        name,
        (Layer,),
        {
            "__init__": __init__,
            "call": call,
            "get_config": get_config,
            "__module__": __name__,
        },
    )


def _pair(value: Any, default: Any = 1) -> tuple[int, int]:
    value = default if value is None else value
    return (value, value) if isinstance(value, int) else tuple(value)


def _images(scale: Any) -> Any:
    """An outcome for images: `scale` gives the new length of one side and the new channels."""

    def outcome(inputs: Any, options: dict[str, Any]) -> Any:
        first = options.get("data_format") == "channels_first"
        at = (2, 3) if first else (1, 2)
        new = list(inputs.shape)
        for axis, side in zip(at, (0, 1)):
            new[axis] = scale(new[axis], side, options)
        if "filters" in options:
            new[1 if first else 3] = options["filters"]
        return numpy.zeros(new, inputs.dtype)

    return outcome


def _convolved(length: int, side: int, options: dict[str, Any]) -> int:
    stride = _pair(options.get("strides"))[side]
    reach = (_pair(options["kernel_size"])[side] - 1) * _pair(options.get("dilation_rate"))[side]
    if options.get("padding", "valid").lower() == "valid":
        length -= reach
    return -(-length // stride)


def _pooled(length: int, side: int, options: dict[str, Any]) -> int:
    size = _pair(options.get("pool_size"), 2)
    stride = _pair(options.get("strides"), size)[side]
    if options.get("padding", "valid").lower() == "valid":
        length -= size[side] - 1
    return -(-length // stride)


def _transposed(length: int, side: int, options: dict[str, Any]) -> int:
    stride, kernel = _pair(options.get("strides"))[side], _pair(options["kernel_size"])[side]
    if options.get("padding", "valid").lower() == "same":
        return length * stride
    return length * stride + max(kernel - stride, 0)


def _enlarged(length: int, side: int, options: dict[str, Any]) -> int:
    return length * _pair(options.get("size"), 2)[side]


def _padded(inputs: Any, options: dict[str, Any]) -> Any:
    sides = options.get("padding", 1)
    rows, columns = (sides, sides) if isinstance(sides, int) else sides
    pairs = [(each, each) if isinstance(each, int) else tuple(each) for each in (rows, columns)]
    return numpy.pad(inputs, [(0, 0), *pairs, (0, 0)])


def _cropped(inputs: Any, options: dict[str, Any]) -> Any:
    sides = options.get("cropping", 0)
    rows, columns = (sides, sides) if isinstance(sides, int) else sides
    (top, bottom), (left, right) = (
        (each, each) if isinstance(each, int) else tuple(each) for each in (rows, columns)
    )
    return inputs[:, top : inputs.shape[1] - bottom, left : inputs.shape[2] - right]


def _unchanged(inputs: Any, _options: Any) -> Any:
    return inputs


def _reshaped(inputs: Any, options: dict[str, Any]) -> Any:
    return numpy.reshape(inputs, (inputs.shape[0], *options["target_shape"]))


def _recurrent(inputs: Any, options: dict[str, Any]) -> Any:
    steps = inputs.shape[1:2] if options.get("return_sequences") else ()
    return numpy.zeros((inputs.shape[0], *steps, options["units"]), "float32")


_convolution = _images(_convolved)
_CONVOLUTION = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate")
_LAYERS = {
    "Activation": (_unchanged, "activation"),
    "Add": (lambda inputs, _: sum(inputs[1:], inputs[0]),),
    "AveragePooling2D": (_images(_pooled), "pool_size", "strides", "padding", "data_format"),
    "BatchNormalization": (_unchanged, "axis"),
    "Concatenate": (
        lambda inputs, options: numpy.concatenate(inputs, axis=options.get("axis", -1)),
        "axis",
    ),
    "Conv2D": (_convolution, *_CONVOLUTION),
    "Conv2DTranspose": (
        _images(_transposed),
        *("filters", "kernel_size", "strides", "padding", "output_padding", "data_format"),
    ),
    "Cropping2D": (_cropped, "cropping"),
    "Dense": (
        lambda inputs, options: numpy.zeros((*inputs.shape[:-1], options["units"]), "float32"),
        "units",
    ),
    "Dropout": (_unchanged, "rate"),
    "Embedding": (
        lambda inputs, options: numpy.zeros((*inputs.shape, options["output_dim"]), "float32"),
        *("input_dim", "output_dim"),
    ),
    "Flatten": (lambda inputs, _: numpy.reshape(inputs, (inputs.shape[0], -1)),),
    "GRU": (_recurrent, "units"),
    "GlobalAveragePooling2D": (lambda inputs, _: numpy.mean(inputs, axis=(1, 2)),),
    "LSTM": (_recurrent, "units"),
    "LayerNormalization": (_unchanged, "axis"),
    "LeakyReLU": (_unchanged, "negative_slope"),
    "MaxPooling2D": (_images(_pooled), "pool_size", "strides", "padding", "data_format"),
    "Multiply": (lambda inputs, _: numpy.prod(numpy.stack(inputs), axis=0),),
    "ReLU": (lambda inputs, _: numpy.maximum(inputs, 0), "max_value"),
    "Reshape": (_reshaped, "target_shape"),
    "Softmax": (_unchanged, "axis"),
    "UpSampling2D": (_images(_enlarged), "size", "data_format"),
    "ZeroPadding2D": (_padded, "padding"),
}


class Lambda(Layer):
    def __init__(self, function: Any, output_shape: Any = None, **keywords: Any) -> None:
        super().__init__(name=keywords.get("name"))
        self.function = function
        self.arguments = keywords.get("arguments") or {}

    def call(self, inputs: Any, **_keywords: Any) -> Any:
        return self.function(inputs, **self.arguments)


class InputLayer(Layer):
    pass


def Input(shape: Any = None, batch_size: Any = None, dtype: Any = None, **more: Any) -> Any:
    given = shape if shape is not None else more.get("batch_shape", (1,))[1:]
    sides = [1 if side is None else side for side in given]
    made = numpy.zeros((batch_size or 1, *sides), _dtype(dtype or "float32")).view(Tensor)
    made.name, made.origin = more.get("name"), ()
    made.input_layer = InputLayer(name=more.get("name"))
    return made


# Keras: models


class Model(Layer):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(name=keywords.get("name"))
        inputs, outputs = (*arguments, None, None)[:2]
        self.inputs = _listed(keywords.get("inputs", inputs))
        self.outputs = _listed(keywords.get("outputs", outputs))
        self.has_one_output = not isinstance(keywords.get("outputs", outputs), (list, tuple))
        self.stop_training = False
        self.loss = self.optimizer = None
        self.saved_weights: Any = None

    @property
    def layers(self) -> list[Any]:
        found: dict[int, Any] = {}
        pending = list(self.outputs)
        seen: set[int] = set()
        while pending:  # from the outputs on; the order of the layers is the other way round
            tensor = pending.pop()
            if isinstance(tensor, (list, tuple)):
                pending.extend(tensor)
            elif isinstance(tensor, Tensor) and tensor.origin and id(tensor) not in seen:
                seen.add(id(tensor))
                layer, arguments, keywords, _ = tensor.origin
                if isinstance(layer, Layer):
                    found[id(layer)] = layer
                pending.extend(arguments)
                pending.extend(keywords.values())
        own = [each for each in vars(self).values() if isinstance(each, Layer)]
        given = [each.input_layer for each in self.inputs if hasattr(each, "input_layer")]
        between = reversed(found.values())
        return [*given, *between, *(each for each in own if id(each) not in found)]

    def get_layer(self, name: Any = None, index: Any = None) -> Any:
        if index is not None:
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}. Existing layers are: {self.layers}.")

    @property
    def weights(self) -> list[Any]:
        own = Layer.weights.fget(self)
        return own + [weight for layer in self.layers for weight in layer.weights]

    @property
    def input_shape(self) -> Any:
        shapes = [(None, *each.shape[1:]) for each in self.inputs]
        return shapes if len(shapes) > 1 else (shapes or [None])[0]

    @property
    def output_shape(self) -> Any:
        shapes = [(None, *each.shape[1:]) for each in self.outputs if isinstance(each, Tensor)]
        return shapes if len(shapes) > 1 else (shapes or [None])[0]

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Run the layers between inputs and outputs again, with these inputs."""
        values = {id(old): new for old, new in zip(self.inputs, _listed(inputs))}
        results = [_replayed(output, values) for output in self.outputs]
        if not results:
            return invent("tensorflow.keras.Model()()")
        return results[0] if self.has_one_output or len(results) == 1 else results

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, **_keywords: Any) -> None:
        self.optimizer, self.loss = optimizer, loss

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: Any = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        **_keywords: Any,
    ) -> Any:
        if y is None and not isinstance(x, (numpy.ndarray, list, dict)):
            x, y = _first_batch(x)
        inputs, targets = _head(x, batch_size), _head(y, batch_size)
        history = History()
        callbacks = [*(callbacks or ()), history]
        for callback in callbacks:
            if isinstance(callback, Callback):
                callback.set_model(self)
        _tell(callbacks, "on_train_begin", {})
        self.stop_training = False
        for epoch in range(int(epochs)):
            _tell(callbacks, "on_epoch_begin", epoch, {})
            _tell(callbacks, "on_train_batch_begin", 0, {})
            if not epoch:  # traced once, then the library runs what it made of it
                self._train(inputs, targets)
            logs = {"loss": 0.0}
            _tell(callbacks, "on_train_batch_end", 0, logs)
            if validation_split or validation_data is not None:
                logs["val_loss"] = logs["loss"]
            _tell(callbacks, "on_epoch_end", epoch, logs)
            if self.stop_training is True:
                break
        _tell(callbacks, "on_train_end", {})
        return history

    def _train(self, inputs: Any, targets: Any) -> None:
        global _traced
        _traced += 1
        try:
            if type(self).train_step is not Model.train_step:
                self.train_step((inputs, targets))
            else:
                self._loss_of(inputs, targets)
        finally:
            _traced -= 1

    def train_step(self, data: Any) -> Any:
        inputs, targets = data
        return {"loss": self._loss_of(inputs, targets)}

    def _loss_of(self, inputs: Any, targets: Any) -> float:
        predicted = self(inputs, training=True) if _takes_training(self) else self(inputs)
        losses = self.loss if isinstance(self.loss, (list, tuple)) else [self.loss]
        if isinstance(self.loss, dict):
            losses = list(self.loss.values())
        pairs = zip(losses, _listed(targets), _listed(predicted))
        for loss, expected, given in pairs:
            if callable(loss) and not is_invented(loss):
                try:
                    loss(_tensors(expected), given)
                except (ValueError, TypeError, IndexError, AttributeError) as error:
                    note(f"a loss raised {type(error).__name__} under stand-ins")
        return 0.0

    def predict(self, x: Any = None, batch_size: Any = None, verbose: Any = "auto", **_rest: Any):
        if not isinstance(x, (numpy.ndarray, list, tuple, dict)) and not is_invented(x):
            x = _first_batch(x)[0]
        global _traced
        _traced += 1
        try:
            result = self(_tensors(x))
        finally:
            _traced -= 1
        if isinstance(result, (list, tuple)):
            return [_plain(each) for each in result]
        return _plain(result)

    def __getstate__(self) -> Any:
        return {"name": self.name}

    predict_on_batch = predict

    def evaluate(self, x: Any = None, y: Any = None, **_keywords: Any) -> Any:
        if y is None and not isinstance(x, (numpy.ndarray, list, dict)):
            x, y = _first_batch(x)
        return self._loss_of(_head(x, None), _head(y, None))

    def train_on_batch(self, x: Any, y: Any = None, **_keywords: Any) -> Any:
        return self._loss_of(x, y)

    test_on_batch = train_on_batch

    def summary(self, *_arguments: Any, **_keywords: Any) -> None:
        return None

    def save(self, filepath: Any, overwrite: bool = True, **_keywords: Any) -> None:
        _mark(filepath, self, [layer.get_config() for layer in self.layers])

    def save_weights(self, filepath: Any, overwrite: bool = True, **_keywords: Any) -> None:
        _mark(filepath, self)

    def load_weights(self, filepath: Any, *_arguments: Any, **_keywords: Any) -> None:
        _read_mark(filepath)

    def export(self, filepath: Any, *_arguments: Any, **_keywords: Any) -> None:
        os.makedirs(filepath, exist_ok=True)
        _mark(os.path.join(os.fspath(filepath), "saved_model.pb"), self)


class Sequential(Model):
    def __init__(self, layers: Any = None, name: Any = None, **_keywords: Any) -> None:
        super().__init__(name=name)
        self.stack = list(layers or ())

    @property
    def layers(self) -> list[Any]:
        return [each for each in self.stack if isinstance(each, Layer)]

    def add(self, layer: Any) -> None:
        self.stack.append(layer)

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _replayed(tensor: Any, values: dict[int, Any]) -> Any:
    if id(tensor) in values:
        return values[id(tensor)]
    if isinstance(tensor, (list, tuple)):
        return type(tensor)(_replayed(each, values) for each in tensor)
    if not isinstance(tensor, Tensor) or not tensor.origin:
        return tensor
    layer, arguments, keywords, position = tensor.origin
    key = (id(layer), id(arguments))
    if key not in values:
        given = [_replayed(each, values) for each in arguments]
        named = {name: _replayed(each, values) for name, each in keywords.items()}
        values[key] = layer(*given, **named)  # type: ignore[index]
    result = values[key]  # type: ignore[index]
    if position is not None and isinstance(result, (list, tuple)):
        result = result[position]
    values[id(tensor)] = result
    return result


def _head(value: Any, batch_size: Any) -> Any:
    size = batch_size if isinstance(batch_size, int) else 32
    if isinstance(value, dict):
        return {key: _head(each, size) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_head(each, size) for each in value]
    return _tensors(value[:size]) if isinstance(value, numpy.ndarray) else value


def _first_batch(source: Any) -> Any:
    """The first `(inputs, targets)` of a data set, a generator or a `Sequence`."""
    for item in source:
        return item if isinstance(item, tuple) and len(item) == 2 else (item, None)
    return None, None


def _plain(value: Any) -> Any:
    return numpy.asarray(value) if isinstance(value, Tensor) else value


def _takes_training(model: Any) -> bool:
    code = getattr(type(model).call, "__code__", None)
    return code is not None and "training" in code.co_varnames[: code.co_argcount]


def _tell(callbacks: Any, event: str, *arguments: Any) -> None:
    for callback in callbacks:
        getattr(callback, event)(*arguments)


def _mark(filepath: Any, model: Any, configs: Any = None) -> None:
    """Leave a file that says what was saved; the library would leave layers and weights."""
    described = {"stand_in": "tensorflow", "class": type(model).__name__, "name": model.name}
    if configs is not None:
        described.update(_Described(model, configs).as_dict())
    with open(os.fspath(filepath), "w", encoding="utf-8") as file:
        json.dump(described, file, default=str, sort_keys=True)


class _Described:
    """The layers of a model and how they are joined, as a file can hold it."""

    def __init__(self, model: Any, configs: list[Any]) -> None:
        self._layers = model.layers
        self._configs = configs
        self._nodes: list[dict[str, Any]] = []
        self._numbers: dict[Any, int] = {}
        self._inputs = {id(tensor): at for at, tensor in enumerate(model.inputs)}
        self._model = model

    def as_dict(self) -> dict[str, Any]:
        outputs = [self._leaf(tensor) for tensor in self._model.outputs]
        names = [type(layer).__name__ for layer in self._layers]
        return {
            "layers": [list(each) for each in zip(names, self._configs)],
            "inputs": [[list(each.shape), each.dtype.name] for each in self._model.inputs],
            "nodes": self._nodes,
            "outputs": outputs,
            "has_one_output": self._model.has_one_output,
        }

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return {"items": [self._leaf(each) for each in value]}
        if not isinstance(value, Tensor):
            is_plain = value is None or isinstance(value, (bool, int, float, str))
            return {"value": value if is_plain else None}
        if id(value) in self._inputs:
            return {"input": self._inputs[id(value)]}
        shape = {"shape": list(value.shape), "dtype": value.dtype.name}
        if not value.origin:
            return shape
        made_by, arguments, keywords, position = value.origin
        key = (id(made_by), id(arguments))
        if key not in self._numbers:
            described = {"args": [self._leaf(each) for each in arguments]}
            described["keywords"] = {name: self._leaf(each) for name, each in keywords.items()}
            if isinstance(made_by, Layer):
                described["layer"] = next(
                    (at for at, layer in enumerate(self._layers) if layer is made_by), None
                )
            else:
                described["function"] = getattr(made_by, "path", getattr(made_by, "__name__", ""))
            self._numbers[key] = len(self._nodes)
            self._nodes.append(described)
        return {**shape, "node": self._numbers[key], "position": position}


def _rebuilt(found: dict[str, Any], known: dict[str, Any]) -> Any:
    """A model of what `_Described` says; a layer whose class is not known gives zeros."""
    layers = [_layer_of(name, config, known) for name, config in found["layers"]]
    inputs = []
    for sides, dtype in found["inputs"]:
        inputs.append(Input(tuple(sides[1:]), dtype=dtype))
    results: list[Any] = []

    def value_of(leaf: Any) -> Any:
        if "items" in leaf:
            return [value_of(each) for each in leaf["items"]]
        if "input" in leaf:
            return inputs[leaf["input"]]
        if "node" in leaf:
            result = results[leaf["node"]]
            if result is not None and leaf["position"] is not None:
                result = result[leaf["position"]]
            if isinstance(result, Tensor):
                return result
        if "shape" in leaf:
            zeros = numpy.zeros(leaf["shape"], _dtype(leaf["dtype"])).view(Tensor)
            zeros.origin = ()
            return zeros
        return leaf["value"]

    for node in found["nodes"]:
        function = _function_of(node["function"]) if "function" in node else None
        if node.get("layer") is not None:
            function = layers[node["layer"]]
        arguments = [value_of(each) for each in node["args"]]
        keywords = {name: value_of(each) for name, each in node["keywords"].items()}
        try:
            results.append(None if function is None else function(*arguments, **keywords))
        except (ValueError, TypeError, IndexError, AttributeError):
            results.append(None)
    outputs = [value_of(leaf) for leaf in found["outputs"]]
    if found["has_one_output"]:
        return Model(inputs, outputs[0], name=found["name"])
    return Model(inputs, outputs, name=found["name"])


def _layer_of(name: str, config: Any, known: dict[str, Any]) -> Any:
    cls = known.get(name) or NAMES.get(f"tensorflow.keras.layers.{name}")
    if not (isinstance(cls, type) and issubclass(cls, Layer)) or cls is Lambda:
        return None
    try:
        return cls.from_config(config)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        note(f"{name}.from_config raised {type(error).__name__} under stand-ins")
        return None


def _function_of(name: str) -> Any:
    ufunc = getattr(numpy, name, None)
    return ufunc if isinstance(ufunc, numpy.ufunc) else NAMES.get(f"tensorflow.{name}")


def _read_mark(filepath: Any) -> dict[str, Any]:
    path = os.fspath(filepath)
    if os.path.isdir(path):
        path = os.path.join(path, "saved_model.pb")
    if not os.path.exists(path):
        raise ValueError(
            f"File not found: filepath={path}. Please ensure the file is an accessible"
        )
    with open(path, "rb") as file:
        text = file.read()
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    if not isinstance(found, dict) or found.get("stand_in") != "tensorflow":
        note("a model that the library itself has saved was opened by its stand-in, unread")
        return {"name": "model"}
    return found


def save_model(model: Any, filepath: Any, overwrite: bool = True, **_keywords: Any) -> None:
    model.save(filepath)


def load_model(
    filepath: Any, custom_objects: Any = None, compile: bool = True, **_rest: Any
) -> Any:
    found = _read_mark(filepath)
    known = {**_registered, **(custom_objects or {})}
    if found.get("nodes"):
        return _rebuilt(found, known)
    for name, config in found.get("layers", ()):
        _layer_of(name, config, known)
    return Model(name=found["name"])


# Keras: callbacks


class Callback(Base):
    def __init__(self) -> None:
        self.model = self.params = None

    def set_model(self, model: Any) -> None:
        self.model = model

    def set_params(self, params: Any) -> None:
        self.params = params

    def on_train_begin(self, logs: Any = None) -> None:
        return None

    on_train_end = on_train_begin

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        return None

    on_epoch_end = on_train_batch_begin = on_train_batch_end = on_epoch_begin


class History(Callback):
    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class ModelCheckpoint(Callback):
    def __init__(self, filepath: Any, *_arguments: Any, **keywords: Any) -> None:
        super().__init__()
        self.filepath = os.fspath(filepath)
        self.saves_weights = bool(keywords.get("save_weights_only"))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        path = self.filepath.format(epoch=epoch + 1, **(logs or {}))
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        (self.model.save_weights if self.saves_weights else self.model.save)(path)


class EarlyStopping(Callback):
    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        super().__init__()
        self.stopped_epoch = 0


class ReduceLROnPlateau(EarlyStopping):
    pass


class TerminateOnNaN(EarlyStopping):
    pass


NAMES = {
    **{f"tensorflow.{name}": DType(name) for name in _DTYPES},
    "tensorflow.string": DType(object),
    "tensorflow.bfloat16": DType("V2"),  # NumPy has none: equal to no other
    "tensorflow.DType": DType,
    "tensorflow.dtypes.DType": DType,
    "tensorflow.as_dtype": as_dtype,
    "tensorflow.dtypes.as_dtype": as_dtype,
    "tensorflow.newaxis": None,
    "tensorflow.Tensor": Tensor,
    "tensorflow.TensorShape": TensorShape,
    "tensorflow.Variable": Variable,
    "tensorflow.convert_to_tensor": convert_to_tensor,
    "tensorflow.constant": constant,
    "tensorflow.cast": cast,
    "tensorflow.is_tensor": is_tensor,
    "tensorflow.shape": shape,
    "tensorflow.function": function,
    "tensorflow.custom_gradient": custom_gradient,
    "tensorflow.cond": cond,
    "tensorflow.while_loop": while_loop,
    "tensorflow.map_fn": map_fn,
    "tensorflow.vectorized_map": map_fn,
    "tensorflow.GradientTape": GradientTape,
    "tensorflow.errors.OpError": OpError,
    **{
        f"tensorflow.errors.{name}": type(name, (OpError,), {"__module__": __name__})
        for name in _ERRORS
    },
    "tensorflow.config.list_physical_devices": list_devices,
    "tensorflow.config.list_logical_devices": list_devices,
    **{
        f"tensorflow.{place}{name}": _by_numpy(place + name, getattr(numpy, known))
        for name, known in _SAME.items()
        for place in (("", "math.") if name in _ALSO_IN_MATH else ("",))
    },
    **{f"tensorflow.{name}": _by_numpy(name, made) for name, made in _MADE.items()},
    **{
        f"tensorflow.keras.activations.{name}": _by_numpy(f"keras.activations.{name}", made)
        for name, made in _ACTIVATIONS.items()
    },
    "tensorflow.keras.backend.clear_session": clear_session,
    "tensorflow.keras.Model": Model,
    "tensorflow.keras.Sequential": Sequential,
    "tensorflow.keras.Input": Input,
    "tensorflow.keras.models.load_model": load_model,
    "tensorflow.keras.models.save_model": save_model,
    "tensorflow.keras.saving.register_keras_serializable": register_keras_serializable,
    "tensorflow.keras.layers.Layer": Layer,
    "tensorflow.keras.layers.Lambda": Lambda,
    "tensorflow.keras.layers.InputLayer": InputLayer,
    **{
        f"tensorflow.keras.layers.{name}": _layer(name, *described)
        for name, described in _LAYERS.items()
    },
    "tensorflow.keras.callbacks.Callback": Callback,
    "tensorflow.keras.callbacks.History": History,
    "tensorflow.keras.callbacks.ModelCheckpoint": ModelCheckpoint,
    "tensorflow.keras.callbacks.EarlyStopping": EarlyStopping,
    "tensorflow.keras.callbacks.ReduceLROnPlateau": ReduceLROnPlateau,
    "tensorflow.keras.callbacks.TerminateOnNaN": TerminateOnNaN,
}
