"""The model: loaded once, in a thread, and warmed up before it serves."""

import asyncio
import hashlib
import json
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from app.metrics import BATCH_SIZE, INFERENCE_DURATION, MODEL_INFO

# The first that works is used; the last always does.
PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")
OUTPUT = "probabilities"
RETRY_SECONDS = 5  # a cache that the model comes from may be filled later

type Probabilities = npt.NDArray[np.float32]

logger = logging.getLogger(__name__)


class ModelError(ValueError):
    """The file is not a model that this service can serve."""


class NotLoadedError(RuntimeError):
    """The model is still being loaded."""


class Model:
    """A classifier in ONNX form.

    Its one input is a batch of features, of shape [batch, features], and its output `probabilities` of
    shape [batch, labels]. The names of both are JSON lists in its metadata, `features` and `labels`.
    """

    def __init__(self, path: Path) -> None:
        """Load a model onto the GPU if there is one, else onto the CPU, and predict once.

        Raises:
            OSError: the file cannot be read.
            ModelError: it holds no such classifier.
        """
        with path.open("rb") as file:
            self.version = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        try:
            self._session = _session(path)
        except Exception as error:
            raise ModelError(f"ONNX Runtime cannot load it: {error}") from error
        metadata = self._session.get_modelmeta()
        self.name: str = metadata.graph_name
        self.provider: str = self._session.get_providers()[0].removesuffix("ExecutionProvider")
        if self.provider == "CPU" and "CUDAExecutionProvider" in ort.get_available_providers():
            logger.warning("there is no GPU to be used: the model runs on the CPU")
        self.features = _names(metadata.custom_metadata_map, "features")
        self.labels = _names(metadata.custom_metadata_map, "labels")
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            raise ModelError(f"it has {len(inputs)} inputs, not one")
        self._input: str = inputs[0].name
        try:
            # The first prediction allocates what all others use, and shows that the names fit.
            shape = self.predict([[0.0] * len(self.features)]).shape
        except Exception as error:
            raise ModelError(f"it cannot predict: {error}") from error
        if shape != (1, len(self.labels)):
            raise ModelError(f"{OUTPUT} has the shape {shape}, not (1, {len(self.labels)})")

    def predict(self, features: Sequence[Sequence[float]]) -> Probabilities:
        """Return the probability of each label, a row for each row of features."""
        batch = np.asarray(features, dtype=np.float32)
        (probabilities,) = self._session.run([OUTPUT], {self._input: batch})
        return np.asarray(probabilities, dtype=np.float32)


class Predictor:
    """Loads the model of a file, and predicts with it in at most `threads` threads at a time."""

    def __init__(self, path: Path, threads: int) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="inference")
        self._stopped = threading.Event()
        self._model: Model | None = None
        self._problem: Exception = NotLoadedError("the model is still being loaded")

    def start(self) -> None:
        """Load the model in a thread, and try again until it succeeds."""
        # A daemon: the process can stop in the middle of loading.
        threading.Thread(target=self._load, name="load-model", daemon=True).start()

    def close(self) -> None:
        """Give up loading; predictions that have begun come to their end."""
        self._stopped.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def model(self) -> Model | None:
        """The model, once it is loaded and has predicted."""
        return self._model

    async def check(self) -> None:
        """Raise what keeps the model from being loaded, if it is not."""
        if self._model is None:
            raise self._problem

    async def predict(self, model: Model, features: Sequence[Sequence[float]]) -> Probabilities:
        """Return the probability of each label, a row for each row of features."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(_predict, model, features))

    def _load(self) -> None:
        while not self._stopped.is_set():
            started = time.perf_counter()
            try:
                model = Model(self._path)
            except Exception as error:
                self._problem = error
                logger.exception("the model cannot be loaded", extra={"path": str(self._path)})
                self._stopped.wait(RETRY_SECONDS)
                continue
            labels = {"name": model.name, "version": model.version, "provider": model.provider}
            MODEL_INFO.info(labels)
            self._model = model
            logger.info(
                "the model is loaded",
                # A record has a name of its own, the logger's.
                extra={
                    "model": model.name,
                    "version": model.version,
                    "provider": model.provider,
                    "duration_ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            return


def _predict(model: Model, features: Sequence[Sequence[float]]) -> Probabilities:
    BATCH_SIZE.observe(len(features))
    with INFERENCE_DURATION.time():
        return model.predict(features)


def _session(path: Path) -> ort.InferenceSession:
    available = ort.get_available_providers()
    providers = [provider for provider in PROVIDERS if provider in available]
    if "CUDAExecutionProvider" in providers:
        ort.preload_dlls()
    options = ort.SessionOptions()
    # Requests run side by side already, and ONNX Runtime would take a thread for each core of the
    # machine, not of the container's share.
    options.intra_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=providers)


def _names(metadata: dict[str, str], key: str) -> tuple[str, ...]:
    try:
        names = json.loads(metadata[key])
    except (KeyError, ValueError) as error:
        raise ModelError(f"its metadata has no JSON list {key}") from error
    if not isinstance(names, list) or not names:
        raise ModelError(f"its metadata has no JSON list {key}")
    return tuple(str(name) for name in names)
