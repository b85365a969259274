"""A stand-in for PyTorch: modules call `forward`, tensors are invented, files are markers."""

from __future__ import annotations

import json
import os
from typing import Any

from tracer_stand_in import Base, invent, is_invented, note

VERSION = "2.6.0"
DECORATORS = [
    "torch.compile",
    "torch.inference_mode",
    "torch.jit.script",
    "torch.jit.ignore",
    "torch.no_grad",
    "torch.enable_grad",
]


class Module(Base):
    training = True

    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        return None

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self.forward(*arguments, **keywords)

    def forward(self, *_arguments: Any, **_keywords: Any) -> Any:
        return invent("torch.nn.Module()()")

    def children(self) -> list[Any]:
        return [each for each in vars(self).values() if isinstance(each, Module)]

    def modules(self) -> list[Any]:
        return [self, *(inner for child in self.children() for inner in child.modules())]

    def named_children(self) -> list[tuple[str, Any]]:
        return [(name, each) for name, each in vars(self).items() if isinstance(each, Module)]

    def parameters(self, recurse: bool = True) -> list[Any]:
        return [invent("torch.nn.Parameter()")]

    def named_parameters(self, *_arguments: Any, **_keywords: Any) -> list[tuple[str, Any]]:
        return [("weight", invent("torch.nn.Parameter()"))]

    def state_dict(self, *_arguments: Any, **_keywords: Any) -> dict[str, Any]:
        return {name: invent("torch.nn.Parameter()") for name, _ in self.named_children()}

    def load_state_dict(self, *_arguments: Any, **_keywords: Any) -> Any:
        return invent("torch.nn.Module().load_state_dict()")

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        self.__dict__[name] = tensor

    def register_parameter(self, name: str, param: Any) -> None:
        self.__dict__[name] = param

    def add_module(self, name: str, module: Any) -> None:
        self.__dict__[name] = module

    register_module = add_module

    def train(self, mode: bool = True) -> Any:
        self.__dict__["training"] = mode
        return self

    def eval(self) -> Any:
        return self.train(False)

    def to(self, *_arguments: Any, **_keywords: Any) -> Any:
        return self

    cpu = cuda = float = double = half = requires_grad_ = to

    def apply(self, fn: Any) -> Any:
        for module in self.modules():
            fn(module)
        return self


class Sequential(Module):
    def __init__(self, *modules: Any) -> None:
        self.stack = list(modules)

    def children(self) -> list[Any]:
        return self.stack

    def forward(self, input: Any) -> Any:
        for module in self.stack:
            input = module(input)
        return input

    def append(self, module: Any) -> Any:
        self.stack.append(module)
        return self

    def __len__(self) -> int:
        return len(self.stack)

    def __iter__(self) -> Any:
        return iter(self.stack)

    def __getitem__(self, at: Any) -> Any:
        return self.stack[at]


class ModuleList(Sequential):
    def __init__(self, modules: Any = ()) -> None:
        super().__init__(*modules)


class Dataset(Base):
    def __class_getitem__(cls, _parameters: Any) -> Any:
        return cls


class IterableDataset(Dataset):
    pass


class DataLoader(Base):
    """Two batches at most, each of what the data set gives first."""

    def __init__(
        self, dataset: Any, batch_size: Any = 1, *_arguments: Any, **keywords: Any
    ) -> None:
        self.dataset, self.batch_size = dataset, batch_size
        self.collate_fn = keywords.get("collate_fn")

    def __len__(self) -> int:
        size = self.batch_size if isinstance(self.batch_size, int) else 1
        return -(-len(self.dataset) // max(size, 1))

    def __iter__(self) -> Any:
        for number in range(min(len(self), 2)):
            if is_invented(self.dataset):
                yield invent("torch.utils.data.DataLoader()[]")
                continue
            item = self.dataset[number]
            yield item if self.collate_fn is None else self.collate_fn([item])


def save(obj: Any, f: Any, *_arguments: Any, **_keywords: Any) -> None:
    text = json.dumps({"stand_in": "torch", "class": type(obj).__name__, "keys": _keys(obj)})
    if hasattr(f, "write"):
        f.write(text.encode())
        return
    with open(os.fspath(f), "w", encoding="utf-8") as file:
        file.write(text)


def load(f: Any, *_arguments: Any, **_keywords: Any) -> Any:
    if hasattr(f, "read"):
        text = f.read()
    else:
        with open(os.fspath(f), "rb") as file:
            text = file.read()
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    if not isinstance(found, dict) or found.get("stand_in") != "torch":
        note("a file that the library itself has saved was opened by its stand-in, unread")
    elif found["class"] in ("dict", "OrderedDict"):
        return {key: invent("torch.load()[]") for key in found["keys"]}
    return invent("torch.load()")


def _keys(thing: Any) -> list[str]:
    return [str(key) for key in thing] if isinstance(thing, dict) else []


def is_tensor(obj: Any) -> bool:
    return is_invented(obj)


def is_available() -> bool:
    return False


def device_count() -> int:
    return 0


_LAYERS = (
    *(
        "Linear",
        "Bilinear",
        "Identity",
        "Flatten",
        "Unflatten",
        "Embedding",
        "Dropout",
        "Dropout2d",
    ),
    *("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"),
    *("MaxPool1d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "Upsample"),
    *("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "InstanceNorm2d"),
    *("ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Softmax", "Softplus", "Mish"),
    *("RNN", "LSTM", "GRU", "Transformer", "MultiheadAttention", "PixelShuffle", "ZeroPad2d"),
    *("MSELoss", "L1Loss", "CrossEntropyLoss", "BCELoss", "BCEWithLogitsLoss", "NLLLoss"),
    *("PoissonNLLLoss", "SmoothL1Loss", "HuberLoss", "KLDivLoss"),
)

NAMES = {
    **{f"torch.nn.{name}": type(name, (Module,), {"__module__": __name__}) for name in _LAYERS},
    "torch.nn.Module": Module,
    "torch.nn.Sequential": Sequential,
    "torch.nn.ModuleList": ModuleList,
    "torch.utils.data.Dataset": Dataset,
    "torch.utils.data.IterableDataset": IterableDataset,
    "torch.utils.data.DataLoader": DataLoader,
    "torch.save": save,
    "torch.load": load,
    "torch.is_tensor": is_tensor,
    "torch.cuda.is_available": is_available,
    "torch.backends.mps.is_available": is_available,
    "torch.distributed.is_available": is_available,
    "torch.distributed.is_initialized": is_available,
    "torch.cuda.device_count": device_count,
}
