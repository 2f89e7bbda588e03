"""Read the catalog from the template's own files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from .catalog import Catalog, Debugger, Kind, Language, LibraryKind, Preset, Store

# libyaml where PyYAML was built with it: ten times as fast.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _folder(model: type[BaseModel], folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yml")):
        data = yaml.load(file.read_bytes(), Loader=_Loader)  # noqa: S506 - both loaders are the safe ones
        # A store may be `like` another one, and says only what differs.
        like = data.pop("like", None)
        base = yaml.load((folder / f"{like}.yml").read_bytes(), Loader=_Loader) if like else {}  # noqa: S506 - likewise
        found[file.stem] = model.model_validate({"name": file.stem, **base, **data})
    return found


def images(text: str) -> dict[str, str]:
    """Return `{name: image}` of the lines `FROM image AS name` of a Dockerfile."""
    return {name: image for image, name in re.findall(r"^FROM (\S+) AS (\S+)$", text, re.MULTILINE)}


def catalog(root: Path) -> Catalog:
    """Return the catalog in `root` (the folder `extensions`); pydantic's ValidationError names a bad file's field."""
    return Catalog(
        languages=_folder(Language, root / "languages"),
        debuggers=_folder(Debugger, root / "debuggers"),
        kinds=_folder(Kind, root / "kinds"),
        libraries=_folder(LibraryKind, root / "libraries"),
        stores=_folder(Store, root / "stores"),
        presets=dict(sorted(_folder(Preset, root / "presets").items(), key=lambda item: item[1].order)),
        images=images((root / "images" / "Dockerfile").read_text(encoding="utf-8")),
    )
