"""`python -m training FILE` trains the example model: replace it with what the service is for.

The same code and packages make the same file, byte for byte.
"""

import argparse
import json
from pathlib import Path

from onnx.helper import set_model_props
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(path: Path) -> None:
    """Write a model that tells three kinds of iris apart, in the form that `app.inference` reads."""
    iris = load_iris()
    classifier = make_pipeline(StandardScaler(), LogisticRegression())
    classifier.fit(iris.data, iris.target)
    features = [name.removesuffix(" (cm)") for name in iris.feature_names]
    model = to_onnx(
        classifier,
        name="iris",
        initial_types=[("features", FloatTensorType([None, len(features)]))],
        options={"zipmap": False},
    )
    labels = [str(name) for name in iris.target_names]
    set_model_props(model, {"features": json.dumps(features), "labels": json.dumps(labels)})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def main(arguments: list[str] | None = None) -> None:
    """Train, and write the model where asked to."""
    parser = argparse.ArgumentParser(prog="python -m training", description="Train the model.")
    parser.add_argument("file", type=Path, help="where to write it")
    train(parser.parse_args(arguments).file)


if __name__ == "__main__":
    main()
