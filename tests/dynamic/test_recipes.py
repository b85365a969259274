"""Each recipe keeps its contract: what it tells is what the library itself tells.

A contract is a piece of code and the facts that it gives. The stand-in has to give them everywhere;
the library itself where it is installed: in one of the interpreters that `TRACER_LIBRARIES_PYTHON`
names (as `PATH` does), or in the one that runs the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.launch import record
from tracer.model.plan import TracePlan, Workload

pytest.importorskip("numpy", reason="the recipe for TensorFlow computes with NumPy")

CONTRACTS: Mapping[str, Mapping[str, str]] = {
    "tensorflow": {
        "tensors": """
            x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
            v = tf.Variable(tf.cast([1, 2], tf.float32), trainable=False)
            v.assign([5.0, 6.0])
            facts = [
                x.shape.as_list(), x.shape.rank, len(x.shape), x.shape[-1], x.dtype == tf.float32,
                x.dtype.name, x.dtype.is_floating, x.numpy().tolist(), type(x.numpy()).__name__,
                tf.is_tensor(x), tf.is_tensor(x.numpy()), tf.is_tensor(3), v.numpy().tolist(),
                v.trainable, tf.constant(1).dtype.name, tf.constant(1.5).dtype.name,
                tf.constant(np.zeros(2)).dtype.name, tf.convert_to_tensor(x) is x,
                tf.cast(x, tf.complex64).dtype.is_complex, tf.complex64.real_dtype.name,
                tf.constant(2.0, shape=[2, 2]).numpy().tolist(), tf.float64.size,
                (x * 2 + 1).numpy().tolist(), x[0, 1].numpy().item(), x[:, 0].shape.as_list(),
                float(x[1, 1]), isinstance(x, tf.Tensor), tf.as_dtype("int32") == tf.int32,
                [each.shape.as_list() for each in x], np.asarray(x).sum().item(),
            ]
            """,
        "arithmetic": """
            x = tf.reshape(tf.range(6, dtype=tf.float32), [2, 3])
            def told(t): return [t.shape.as_list(), t.dtype.name, np.round(t.numpy(), 4).tolist()]
            facts = [
                told(tf.reduce_sum(x, axis=[0])), told(tf.reduce_mean(x, axis=1, keepdims=True)),
                told(tf.math.sqrt(x)), told(tf.transpose(x, perm=[1, 0])), told(tf.abs(-x)),
                told(tf.concat([x, x], axis=0)), told(tf.stack([x, x], axis=-1)),
                told(tf.expand_dims(x, 0)), told(tf.squeeze(tf.ones([1, 2, 1]))),
                told(tf.pad(x, [[0, 1], [1, 0]])), told(tf.gather(x, [2, 0], axis=1)),
                told(tf.where(x > 2, x, tf.zeros_like(x))), told(tf.clip_by_value(x, 1.0, 3.0)),
                told(tf.one_hot([0, 2], 3)), told(tf.tile(x, [1, 2])), told(tf.shape(x)),
                told(tf.math.real(tf.complex(x, x))), told(tf.zeros([2, 1])), told(tf.eye(2)),
                [told(part) for part in tf.unstack(x, axis=0)], told(tf.reduce_max(x)),
                told(tf.math.real(tf.signal.fft2d(tf.cast(x, tf.complex64)))),
                told(tf.gather(tf.reshape(x, [2, 3, 1]), [[0], [2]], batch_dims=1)),
                told(tf.image.resize_with_crop_or_pad(tf.reshape(x, [1, 2, 3, 1]), 3, 1)),
                told(tf.einsum("ij,kj->ik", x, x)), told(tf.norm(x)),
                told(tf.keras.activations.relu(-x)),
            ]
            """,
        "control flow": """
            seen = []
            @tf.function
            def decorated(x):
                seen.append("traced")
                return x + 1
            @tf.custom_gradient
            def square(x):
                def grad(upstream): return 2 * x * upstream
                return x * x, grad
            count, total = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + i), [0, 0])
            chosen = tf.cond(tf.constant(True), lambda: tf.constant(1), lambda: tf.constant(2))
            mapped = tf.map_fn(lambda row: row * 2, tf.constant([1.0, 2.0]))
            facts = [
                decorated(tf.constant(1.0)).numpy().item(), seen, int(count), int(total),
                square(tf.constant(3.0)).numpy().item(), int(chosen), mapped.numpy().tolist(),
            ]
            with tf.GradientTape() as tape:
                v = tf.Variable([1.0, 2.0])
                loss = tf.reduce_sum(v * v)
            facts.append(tape.gradient(loss, [v])[0].shape.as_list())
            try:
                raise tf.errors.NotFoundError(None, None, "x")
            except tf.errors.OpError:
                facts.append("caught as OpError")
            except Exception:
                facts.append("caught")
            """,
        "layers": """
            L = tf.keras.layers
            image, row = tf.keras.Input((8, 6, 3)), tf.keras.Input((5,))
            steps = tf.keras.Input((4, 2))
            def shape(t): return [None if s is None else int(s) for s in t.shape][1:]
            facts = [shape(t) for t in (
                L.Conv2D(4, 3)(image), L.Conv2D(4, (3, 3), padding="same", strides=2)(image),
                L.Conv2D(4, 3, dilation_rate=2)(image), L.Conv2DTranspose(2, 3, strides=2)(image),
                L.Conv2DTranspose(2, 3, strides=2, padding="same")(image), L.MaxPool2D()(image),
                L.MaxPooling2D((2, 2), padding="same", strides=3)(image),
                L.UpSampling2D((2, 3))(image),
                L.AveragePooling2D(2)(image), L.ZeroPadding2D(((1, 0), (2, 3)))(image),
                L.Cropping2D(1)(image), L.Flatten()(image), L.GlobalAveragePooling2D()(image),
                L.Reshape((16, 9))(image), L.Dense(7)(row), L.Dense(7)(image), L.Dropout(0.5)(row),
                L.BatchNormalization()(image), L.Activation("relu")(row), L.ReLU()(row),
                L.LayerNormalization()(row), L.Add()([row, row]), L.Multiply()([row, row]),
                L.Concatenate()([row, row]), L.Concatenate(axis=1)([image, image]),
                L.LSTM(3)(steps), L.GRU(3, return_sequences=True)(steps), L.Embedding(10, 6)(row),
                L.Lambda(lambda x: x[:, :2])(row), L.Softmax()(row), L.LeakyReLU()(row),
            )]
            """,
        "layers of one's own": """
            seen = []
            @tf.keras.utils.register_keras_serializable(package="own")
            class Double(tf.keras.layers.Layer):
                def __init__(self, factor=2, **keywords):
                    super().__init__(**keywords)
                    self.factor = factor
                    seen.append("init")
                def build(self, input_shape):
                    self.w = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="w")
                    seen.append(["build", int(input_shape[-1])])
                def call(self, x):
                    seen.append("call")
                    return x * self.factor
                def get_config(self):
                    seen.append("config")
                    return {**super().get_config(), "factor": self.factor}
            class Shaped(tf.keras.layers.Layer):
                def call(self, x):
                    seen.append("shaped call")
                    return x
                def compute_output_shape(self, input_shape):
                    seen.append(["shape", len(input_shape), input_shape[0]])
                    return input_shape
            i = tf.keras.Input((3,))
            layer = Double(3, name="mine")
            o = Shaped()(layer(i))
            built = list(seen)
            model = tf.keras.Model(i, o)
            again = Double.from_config(layer.get_config())
            facts = [built, layer.name, [each.name for each in model.layers][1:2], again.factor,
                     [list(weight.shape) for weight in layer.weights],
                     model.input_shape, model.output_shape, model.get_layer("mine") is layer]
            """,
        "models": """
            traced = []
            def own_loss(expected, given):
                traced.append("loss")
                return tf.reduce_mean(tf.abs(expected - given))
            class Tell(tf.keras.callbacks.Callback):
                def on_train_begin(self, logs=None): traced.append("begin")
                def on_epoch_end(self, epoch, logs=None):
                    traced.append(["epoch", epoch, "loss" in logs])
                def on_train_end(self, logs=None): traced.append("end")
            a, b = tf.keras.Input((4, 4, 1), name="a"), tf.keras.Input((2,), name="b")
            x = tf.keras.layers.Conv2D(2, 3, padding="same")(a)
            y = tf.keras.layers.Dense(3)(b)
            model = tf.keras.Model([a, b], [x, y + 1])
            model.compile(optimizer="adam", loss=[own_loss, own_loss])
            data = [np.zeros((5, 4, 4, 1), "float32"), np.zeros((5, 2), "float32")]
            wanted = [np.zeros((5, 4, 4, 2), "float32"), np.zeros((5, 3), "float32")]
            history = model.fit(data, wanted, epochs=2, batch_size=2, verbose=0, callbacks=[Tell()])
            first, second = model.predict(data, verbose=0)
            one = tf.keras.Model(b, y)
            alone = one.predict(data[1], verbose=0)
            stack = tf.keras.Sequential([tf.keras.layers.Dense(3), tf.keras.layers.Dense(2)])
            facts = [
                traced.count("loss") > 0, [each for each in traced if each != "loss"],
                "loss" in history.history, len(history.history["loss"]), list(history.epoch),
                list(first.shape), list(second.shape), type(first).__name__, list(alone.shape),
                list(one(data[1]).shape), model.input_shape, model.output_shape,
                len(model.inputs), len(model.outputs), list(stack(data[1]).shape),
                isinstance(model, tf.keras.Model), isinstance(history, tf.keras.callbacks.History),
            ]
            """,
        "saving": """
            import os, tempfile
            seen = []
            @tf.keras.utils.register_keras_serializable(package="saving")
            class Kept(tf.keras.layers.Layer):
                def __init__(self, factor=2, **keywords):
                    super().__init__(**keywords)
                    self.factor = factor
                    seen.append(["init", factor])
                def call(self, x):
                    seen.append("call")
                    return x * self.factor
                def get_config(self):
                    seen.append("config")
                    return {**super().get_config(), "factor": self.factor}
            i = tf.keras.Input((3,))
            model = tf.keras.Model(i, tf.keras.layers.Dense(2)(Kept(5)(i)))
            folder = tempfile.mkdtemp()
            path = os.path.join(folder, "model.keras")
            seen.clear()
            model.save(path)
            saved = list(seen)
            seen.clear()
            loaded = tf.keras.models.load_model(path, compile=False)
            facts = [os.path.isfile(path), "config" in saved, ["init", 5] in seen, "call" in seen,
                     isinstance(loaded, tf.keras.Model), loaded.input_shape, loaded.output_shape,
                     list(loaded.predict(np.zeros((4, 3), "float32"), verbose=0).shape)]
            model.set_weights(loaded.get_weights())
            try:
                tf.keras.models.load_model(os.path.join(folder, "none.keras"))
            except ValueError:
                facts.append("ValueError")
            """,
    },
    "lightning": {
        "modules": """
            import os, tempfile
            class Net(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.first = torch.nn.Linear(3, 2)
                    self.rest = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
                def forward(self, x):
                    return self.rest(self.first(x))
            class Twice(torch.utils.data.Dataset):
                def __len__(self): return 5
                def __getitem__(self, at): return torch.ones(3)
            net = Net().to("cpu").eval()
            @torch.no_grad()
            def run(x): return net(x)
            path = os.path.join(tempfile.mkdtemp(), "net.pt")
            torch.save(net.state_dict(), path)
            facts = [run(torch.ones(1, 3)) is not None, net.training, net.train().training,
                     len(list(net.children())), len(net.rest), isinstance(net, torch.nn.Module),
                     os.path.isfile(path), isinstance(torch.load(path), dict),
                     len(torch.utils.data.DataLoader(Twice(), batch_size=2)),
                     torch.cuda.is_available(), torch.is_tensor(torch.ones(1)), torch.is_tensor(1)]
            net.load_state_dict(torch.load(path))
        """,
        "training": """
            import os, tempfile
            from lightning.pytorch.callbacks import Callback, ModelCheckpoint
            from torch.utils.data import DataLoader
            seen = []
            class Data(torch.utils.data.Dataset):
                def __len__(self): return 6
                def __getitem__(self, at): return torch.ones(3)
            class Net(L.LightningModule):
                def __init__(self):
                    super().__init__()
                    self.save_hyperparameters()
                    self.layer = torch.nn.Linear(3, 1)
                def forward(self, x):
                    seen.append("forward")
                    return self.layer(x)
                def training_step(self, batch, batch_idx):
                    seen.append(["training", batch_idx])
                    loss = self(batch).mean()
                    self.log("train_loss", loss)
                    return loss
                def validation_step(self, batch, batch_idx):
                    seen.append(["validation", batch_idx])
                    self.log("val_loss", self(batch).mean())
                def configure_optimizers(self):
                    seen.append("optimizers")
                    return torch.optim.Adam(self.parameters(), lr=0.1)
                def setup(self, stage): seen.append(["setup", str(getattr(stage, "value", stage))])
                def on_save_checkpoint(self, checkpoint): seen.append("checkpoint")
            def telling(kind, name):
                def hook(self, *arguments): seen.append(kind + " " + name)
                return hook
            hooks = ["fit_start", "fit_end", "train_start", "train_end", "train_epoch_start"]
            hooks += ["train_epoch_end", "validation_start", "validation_epoch_start"]
            hooks += ["validation_epoch_end", "validation_end", "train_batch_end"]
            class Tell(Callback): pass
            for name in hooks:
                setattr(Tell, "on_" + name, telling("callback", name))
                if name != "train_batch_end":
                    setattr(Net, "on_" + name, telling("module", name))
            checkpoint = ModelCheckpoint(monitor="val_loss", filename="best")
            trainer = L.Trainer(
                max_epochs=1, callbacks=[Tell(), checkpoint], logger=False,
                enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0,
                default_root_dir=tempfile.mkdtemp(),
            )
            trainer.fit(Net(), DataLoader(Data(), batch_size=3), DataLoader(Data(), batch_size=3))
            path = checkpoint.best_model_path
            facts = [list(seen), os.path.basename(path), os.path.isfile(path),
                     sorted(trainer.callback_metrics), trainer.checkpoint_callback is checkpoint]
        """,
    },
    "mlflow": {
        "runs": """
            import os
            os.environ["MLFLOW_TRACKING_URI"] = "file:./mlruns"
            os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
            facts = [mlflow.active_run() is None]
            with mlflow.start_run() as run:
                mlflow.log_param("a", 1)
                mlflow.log_metrics({"b": 2.0})
                mlflow.set_tag("c", "d")
                facts += [type(run.info.run_id).__name__, len(run.info.run_id),
                          mlflow.active_run().info.run_id == run.info.run_id, run.info.status]
            facts += [mlflow.active_run() is None, isinstance(run, mlflow.ActiveRun)]
            """,
    },
}
_IMPORTS = {
    "tensorflow": "import numpy as np\nimport tensorflow as tf\n",
    "lightning": "import torch\nimport lightning as L\n",
    "mlflow": "import mlflow\n",
}
EXPECTED: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("library_facts.json").read_text("utf-8")
)
"""What TensorFlow 2.18, PyTorch 2.13 with Lightning 2.6, and MLflow 3.17 told."""
_CASES = [(library, name) for library, contracts in CONTRACTS.items() for name in contracts]


def _program(library: str, answers: Path) -> str:
    """All contracts of a library, each by itself; the facts go to a file."""
    lines = ["import json, traceback", _IMPORTS[library], "answers = {}"]
    for name, code in CONTRACTS[library].items():
        body = textwrap.indent(textwrap.dedent(code).strip(), "    ")
        lines += [
            f"def contract():\n{body}\n    return facts",
            f"try:\n    answers[{name!r}] = contract()",
            f"except Exception:\n    answers[{name!r}] = traceback.format_exc()",
        ]
    lines.append(f"open({str(answers)!r}, 'w').write(json.dumps(answers, default=str))")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def by_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """By library: the facts that its stand-in gives, and what the recording notes."""
    told: dict[str, Any] = {}
    for library in CONTRACTS:
        folder = tmp_path_factory.mktemp(library)
        (folder / "tree").mkdir()
        (folder / "tree/main.py").write_text(_program(library, folder / "answers.json"))
        plan = TracePlan(
            str(folder / "tree"), (), Workload("w1", ("main.py",)), stand_ins=("auto",)
        )
        recording = record(plan, folder / "out", python=Path(sys.executable))
        if recording.stand_ins is None:
            pytest.skip(f"{library} is installed beside the tests: nothing stands in for it")
        assert recording.exit_status == 0, recording.stderr_tail
        notes = [text for text in recording.cannot_see if "ecipe" in text or "stand-ins" in text]
        told[library] = json.loads((folder / "answers.json").read_text()), notes
    return told


@pytest.fixture(scope="session")
def by_library(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """By library: the facts that it gives itself; nothing where it is not installed."""
    named = os.environ.get("TRACER_LIBRARIES_PYTHON", sys.executable)
    told: dict[str, Any] = {}
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    for library in CONTRACTS:
        for python in named.split(os.pathsep):
            folder = tmp_path_factory.mktemp(f"{library}-itself")
            (folder / "main.py").write_text(_program(library, folder / "answers.json"))
            done = subprocess.run(
                [python, "main.py"],
                cwd=folder,
                capture_output=True,
                text=True,
                env=environment,
                check=False,
            )
            if "ModuleNotFoundError" not in done.stderr:
                assert done.returncode == 0, done.stderr
                told[library] = json.loads((folder / "answers.json").read_text())
                break
    return told


@pytest.mark.parametrize(("library", "contract"), _CASES)
def test_the_stand_in_keeps_its_contract(
    by_stand_in: Mapping[str, Any], library: str, contract: str
) -> None:
    """The facts, and no call that the recipe does not know."""
    facts, notes = by_stand_in[library]
    assert facts[contract] == EXPECTED[library][contract]
    assert notes == []


@pytest.mark.parametrize(("library", "contract"), _CASES)
def test_the_library_itself_keeps_the_contract(
    by_library: Mapping[str, Any], library: str, contract: str
) -> None:
    """The control: what the tests expect is what the library does."""
    if library not in by_library:
        pytest.skip(f"no {library}: TRACER_LIBRARIES_PYTHON names no interpreter that has it")
    assert by_library[library][contract] == EXPECTED[library][contract]
