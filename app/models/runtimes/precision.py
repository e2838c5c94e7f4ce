"""Chooses the fastest numeric form of an encoder that leaves its meaning alone, by measuring.

Candidates are those of `app.models.runtimes.forms`. One counts when each of its vectors keeps a
cosine of at least `MIN_COSINE` to float32 on the CPU, whatever it runs on, so that a collection
built on one device is searched on another. Which wins depends on the device, so it is measured when
a model is first used on it and remembered in ``calibration.json`` of the cache, under model,
library versions and the card, or the CPU and its threads.
"""

# ruff: noqa: PLC0415 - engines are imported by the loader that needs them: PyTorch takes seconds

from __future__ import annotations

import importlib.metadata
import json
import logging
import math
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from app.domain.devices import CPU
from app.durability.files import write_text
from app.errors import ConfigurationError
from app.models.devices import THE_CPU, Device
from app.models.folder import ModelFolder
from app.models.runtimes.calibration_texts import PASSAGES, QUERY
from app.models.runtimes.encoder import Precision, Runtime, pad, truncate
from app.models.runtimes.forms import loaders_of_forms

T = TypeVar("T")
"""A model that runs in one of the forms."""
MIN_COSINE: Final = 0.999
"""Below this, a form would move vectors further than an index of another form forgives."""
REPEATS: Final = 3
"""Runs of which the fastest counts: the others measure what else the machine was doing."""
CALIBRATION_FILE: Final = "calibration.json"
_LIBRARIES: Final = ("torch", "transformers", "sentence-transformers", "openvino")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One candidate on the calibration texts.

    ``min_cosine`` is to float32 on the CPU, over all texts.
    """

    precision: Precision
    passages_per_s: float
    query_ms: float
    min_cosine: float

    @property
    def speed(self) -> float:
        """Geometric mean of both speeds, so that neither ingestion nor search is forgotten."""
        return math.sqrt(self.passages_per_s * 1_000.0 / self.query_ms)

    @property
    def faithful(self) -> bool:
        """Whether it keeps the meaning."""
        return self.min_cosine >= MIN_COSINE


@dataclass(frozen=True, slots=True)
class Choice:
    """The form in use, and the measurements it was chosen by; none where it was asked for.

    ``device`` is named as in `Device`.
    """

    precision: Precision
    measurements: tuple[Measurement, ...] = ()
    device: str = CPU

    @property
    def faithful(self) -> bool:
        """Whether one of the forms that were measured keeps the meaning."""
        return any(measurement.faithful for measurement in self.measurements)

    @property
    def placement(self) -> str:
        """For people: device and form."""
        return f"{self.device}, {self.precision}"


def choose(measurements: tuple[Measurement, ...]) -> Precision:
    """The fastest form that keeps the meaning; float32 where none does."""
    faithful = [m for m in measurements if m.faithful]
    return max(faithful, key=lambda m: m.speed).precision if faithful else "float32"


def load_runtime(
    model: ModelFolder,
    *,
    cache: Path,
    device: Device = THE_CPU,
    precision: Literal["auto"] | Precision = "auto",
    threads: int = 0,
) -> tuple[Runtime, Choice]:
    """Loads ``model`` in ``precision``, measuring first where ``auto`` has not been decided yet.

    Raises:
        ConfigurationError: the device lacks the form that is asked for, or has none that is right.
        ModelIncompatible: the folder holds no text encoder.
    """
    return load_fastest(
        loaders_of_forms(
            model,
            cache=cache,
            device=device,
            threads=threads,
            in_torch=_in_torch,
            in_openvino=_in_openvino,
            inputs=lambda _: ("input_ids", "attention_mask"),
        ),
        calibrate,
        file=cache / CALIBRATION_FILE,
        key=calibration_key(model, threads, device),
        precision=precision,
        device=device,
        on_cpu=partial(_in_torch, model.path, "float32", CPU),
    )


def load_fastest(
    loaders: Mapping[Precision, Callable[[], T]],
    calibrate: Callable[
        [Mapping[Precision, Callable[[], T]], Callable[[], T] | None], tuple[Measurement, ...]
    ],
    *,
    file: Path,
    key: str,
    precision: Literal["auto"] | Precision,
    device: Device,
    on_cpu: Callable[[], T],
) -> tuple[T, Choice]:
    """Loads ``precision``, or what ``calibrate`` finds to be fastest and ``file`` remembers.

    Where no form of a card keeps the meaning, and the card was not demanded, what ``on_cpu`` loads
    is taken: float32 on the CPU, which forms of a card are compared with.

    Raises:
        ConfigurationError: the device lacks the form that is asked for, or has none that is right.
        ModelIncompatible: what is to be loaded can't be.
    """
    if precision != "auto":
        if precision not in loaders:
            raise ConfigurationError(
                f"models.precision is {precision}, which needs OpenVINO, and that is not "
                "installed; install the extra `fast` (in a checkout `pip install '.[fast]'`), or "
                "set it to auto"
                if device.name == CPU
                else f"models.precision is {precision}, and {device.name} does not run that; set "
                "it to auto, or models.device to cpu"
            )
        return loaders[precision](), Choice(precision, device=device.name)
    choice = recall(file, key)
    if choice is None or choice.precision not in loaders:
        measurements = calibrate(loaders, None if device.name == CPU else on_cpu)
        choice = Choice(choose(measurements), measurements)
        remember(file, key, choice)
    if choice.faithful:
        return loaders[choice.precision](), replace(choice, device=device.name)
    best = max(measurement.min_cosine for measurement in choice.measurements)
    said = (
        f"on {device.name} ({device.product}) the model computes other numbers than on the CPU: "
        f"a cosine of {best:.4f}, where {MIN_COSINE} is the least"
    )
    if device.demanded:
        raise ConfigurationError(f"{said}; set models.device to cpu or auto")
    logger.warning("%s; it runs on the CPU", said)
    return on_cpu(), choice


def calibrate(
    loaders: Mapping[Precision, Callable[[], Runtime]],
    reference: Callable[[], Runtime] | None = None,
) -> tuple[Measurement, ...]:
    """Measures every candidate against ``reference``, or else against the float32 among them.

    Candidates take turns, so that what else the machine does meets them alike.
    """
    runtimes = [load() for load in loaders.values()]
    limit = runtimes[0].facts.max_length
    encodings = runtimes[0].tokenizer.encode_batch([*PASSAGES, QUERY])
    *passages, query = (truncate(encoding, limit) for encoding in encodings)
    batch, single = pad(passages, runtimes[0].facts), pad([query], runtimes[0].facts)

    def vectors_of(runtime: Runtime) -> NDArray[np.float32]:
        found = [runtime.encode(*batch).texts, runtime.encode(*single).texts]
        return _unit(np.concatenate(found))

    vectors = {runtime.precision: vectors_of(runtime) for runtime in runtimes}
    right = vectors_of(reference()) if reference else vectors["float32"]
    batch_s = {runtime.precision: math.inf for runtime in runtimes}
    query_s = dict(batch_s)
    for _ in range(REPEATS):
        for runtime in runtimes:
            name = runtime.precision
            batch_s[name] = min(batch_s[name], seconds(partial(runtime.encode, *batch)))
            query_s[name] = min(query_s[name], seconds(partial(runtime.encode, *single)))
    return tuple(
        Measurement(
            precision=name,
            passages_per_s=len(passages) / batch_s[name],
            query_ms=query_s[name] * 1_000.0,
            min_cosine=float(np.sum(vectors[name] * right, axis=1).min()),
        )
        for name in batch_s
    )


def recall(file: Path, key: str) -> Choice | None:
    """What was chosen under ``key``, or ``None``."""
    try:
        entry = _entries(file)[key]
        measurements = tuple(Measurement(**m) for m in entry["measurements"])
        return Choice(entry["precision"], measurements)
    except (KeyError, TypeError):
        return None


def remember(file: Path, key: str, choice: Choice) -> None:
    """Adds ``choice`` to ``file`` under ``key``."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock")):
        known = {**_entries(file), key: asdict(choice)}
        write_text(file, json.dumps(known, indent=2))


def _entries(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # absent or damaged: what it said is measured again
        return {}
    return content if isinstance(content, dict) else {}


def cpu_model() -> str:
    """The name of the CPU, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def library_versions() -> dict[str, str]:
    """Versions of the libraries that compute; those that are not installed are left out."""
    versions: dict[str, str] = {}
    for library in _LIBRARIES:
        try:
            versions[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _in_torch(folder: Path, precision: Literal["float32", "bfloat16"], device: str) -> Runtime:
    from app.models.runtimes.torch_runtime import TorchRuntime

    return TorchRuntime(folder, precision, device)


def _in_openvino(folder: Path, threads: int) -> Runtime:
    from app.models.runtimes.openvino_runtime import OpenVinoRuntime

    return OpenVinoRuntime(folder, threads)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def seconds(run: Callable[[], object]) -> float:
    """How long ``run`` takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def calibration_key(model: ModelFolder, threads: int, device: Device) -> str:
    """What a choice depends on: the model, the libraries, and the card or the CPU's threads."""
    versions = " ".join(f"{name} {version}" for name, version in library_versions().items())
    where = device.product or f"{cpu_model()}, {threads or os.cpu_count()} threads"
    return f"{model.id} | {where} | {versions}"
