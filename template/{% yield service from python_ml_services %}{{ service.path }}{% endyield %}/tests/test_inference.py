"""Loading a model, and what happens when it cannot be."""

import asyncio
import json
import shutil
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from fastapi.testclient import TestClient
from onnx import helper
from onnx.helper import set_model_props

from app import inference
from app.inference import Model, ModelError, NotLoadedError, Predictor
from app.main import create_app
from app.settings import Settings
from training.__main__ import main as training

SETOSA, VIRGINICA = [5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]


def changed(path: Path, folder: Path, **metadata: str) -> Path:
    """Return a copy of a model with other metadata."""
    model = onnx.load(path)
    del model.metadata_props[:]
    set_model_props(model, metadata)
    copy = folder / "changed.onnx"
    onnx.save(model, copy)
    return copy


def test_the_model_says_what_it_is_and_predicts(model_path: Path) -> None:
    model = Model(model_path)
    assert (model.name, model.provider) == ("iris", "CPU")
    assert model.features == ("sepal length", "sepal width", "petal length", "petal width")
    assert model.labels == ("setosa", "versicolor", "virginica")
    probabilities = model.predict([SETOSA, VIRGINICA])
    assert probabilities.argmax(axis=1).tolist() == [0, 2]
    assert np.allclose(probabilities.sum(axis=1), 1)


def test_training_again_makes_the_same_file(model_path: Path, tmp_path: Path) -> None:
    again = tmp_path / "new" / "again.onnx"
    training([str(again)])
    assert again.read_bytes() == model_path.read_bytes()
    assert Model(again).version == Model(model_path).version


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ({"labels": '["a", "b", "c"]'}, "no JSON list features"),
        ({"features": "[]", "labels": '["a", "b", "c"]'}, "no JSON list features"),
        ({"features": '["a", "b", "c", "d"]', "labels": "{"}, "no JSON list labels"),
        ({"features": '["a", "b", "c"]', "labels": '["a", "b", "c"]'}, "it cannot predict"),
        ({"features": '["a", "b", "c", "d"]', "labels": '["a"]'}, r"has the shape \(1, 3\)"),
    ],
)
def test_a_model_without_the_right_names_is_refused(
    model_path: Path, tmp_path: Path, metadata: dict[str, str], problem: str
) -> None:
    with pytest.raises(ModelError, match=problem):
        Model(changed(model_path, tmp_path, **metadata))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ModelError, match="cannot load it"):
        Model(path)


def test_a_model_with_two_inputs_is_refused(tmp_path: Path) -> None:
    a, b, total = (
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None, 1])
        for name in ("a", "b", "probabilities")
    )
    graph = helper.make_graph(
        [helper.make_node("Add", ["a", "b"], ["probabilities"])], "sum", [a, b], [total]
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)])
    set_model_props(model, {"features": json.dumps(["a"]), "labels": json.dumps(["sum"])})
    onnx.save(model, tmp_path / "sum.onnx")
    with pytest.raises(ModelError, match="2 inputs"):
        Model(tmp_path / "sum.onnx")


def test_cuda_is_preferred_where_there_is_one(
    model_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: dict[str, object] = {}
    session = onnxruntime.InferenceSession

    def create(path: Path, options: object, providers: list[str]) -> object:
        asked["providers"] = providers
        # What is asked for first cannot be loaded here: ONNX Runtime goes on with the next.
        return session(path, options, providers=providers[1:])

    available = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: available)
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: asked.update(preloaded=True))
    monkeypatch.setattr(onnxruntime, "InferenceSession", create)
    assert Model(model_path).provider == "CPU"
    assert asked == {"preloaded": True, "providers": available}
    assert "no GPU" in caplog.text


def test_it_serves_as_soon_as_the_model_is_there(
    settings: Settings, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "RETRY_SECONDS", 0.05)
    path = tmp_path / "cache" / "model.onnx"
    with TestClient(create_app(settings.model_copy(update={"model_path": path}))) as client:
        assert client.get("/health").status_code == 200
        end = time.monotonic() + 10
        while (ready := client.get("/health/ready").json())["checks"]["model"] == "NotLoadedError":
            assert time.monotonic() < end
        assert ready["checks"]["model"] == "FileNotFoundError"
        refused = client.post("/api/predictions", json={"features": [SETOSA]})
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")

        path.parent.mkdir()
        shutil.copy(model_path, path)
        while client.get("/health/ready").json()["checks"]["model"] != "ok":
            assert time.monotonic() < end
        assert client.post("/api/predictions", json={"features": [SETOSA]}).status_code == 200


def test_until_then_it_is_not_ready(tmp_path: Path) -> None:
    predictor = Predictor(tmp_path / "model.onnx", threads=1)
    with pytest.raises(NotLoadedError):
        asyncio.run(predictor.check())
    predictor.close()
