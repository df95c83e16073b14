"""Low-rank adapters: small files that change what an embedding model makes of texts.

An adapter holds two thin matrices for each linear layer that it changes; their product is added to
the layer's weights when the model is exported. What is run afterwards is a model like any other.

Source:
    Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, section 4.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from index.arrays import Floats
from index.digests import digest_file, digest_parts
from index.encoder import AdapterRecord
from index.errors import DamagedAdapter, UnsuitableAdapter

if TYPE_CHECKING:
    import torch

_FACTS = "ibid"
_EMPHASIS = "emphasis"
_THIN_IN = ".thin_in"
_THIN_OUT = ".thin_out"


@dataclass(frozen=True, slots=True)
class Adapter:
    """The file of an adapter."""

    path: Path
    record: AdapterRecord


@dataclass(frozen=True, slots=True)
class Facts:
    """What an adapter's file says of itself."""

    name: str
    base: str
    """``weights_digest`` of the model that it was trained on, and that it fits."""
    trained_by: Mapping[str, str | int | float | bool]
    """The settings of the training, for whoever wants to repeat it."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What is added to the weights of one linear layer: ``thin_out @ thin_in``."""

    thin_in: Floats
    """(r, d_in) float32."""
    thin_out: Floats
    """(d_out, r) float32, already multiplied by alpha / r."""

    def beside(self, other: Layer) -> Layer:
        """Give one layer that adds what both add."""
        return Layer(
            np.concatenate([self.thin_in, other.thin_in]),
            np.concatenate([self.thin_out, other.thin_out], axis=1),
        )


def side_by_side(first: Mapping[str, Layer], second: Mapping[str, Layer]) -> dict[str, Layer]:
    """Give the layers of one adapter that does what two do one after the other."""
    shared = {name: layer.beside(second[name]) for name, layer in first.items() if name in second}
    return {**first, **second, **shared}


def open_adapter(path: Path) -> Adapter:
    """Find an adapter's file.

    Raises:
        DamagedAdapter: If there is no such file, or it is no adapter.
    """
    if not path.is_file():
        raise DamagedAdapter(path, "no such file")
    facts, _ = read_adapter(path)
    return Adapter(path, AdapterRecord(facts.name, digest_file(path)))


def write_adapter(
    path: Path, layers: Mapping[str, Layer], facts: Facts, *, emphasis: Floats | None = None
) -> None:
    """Write an adapter with half the digits, which leaves every cosine as it was to 3 places.

    Args:
        path: Its file.
        layers: What is added, by the names of the layers.
        facts: What the file is to say of itself.
        emphasis: (d,): the inner product of it and a token's vector, of unit length, says by how
            much the logarithm of the token's weight in a question is raised.
    """
    tensors = {} if emphasis is None else {_EMPHASIS: emphasis.astype(np.float16)}
    for name, layer in layers.items():
        # A file takes the numbers as they lie in memory, those of a transposed matrix too.
        tensors[name + _THIN_IN] = np.ascontiguousarray(layer.thin_in, dtype=np.float16)
        tensors[name + _THIN_OUT] = np.ascontiguousarray(layer.thin_out, dtype=np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={_FACTS: json.dumps(asdict(facts), sort_keys=True)})


def read_adapter(path: Path) -> tuple[Facts, dict[str, Layer]]:
    """Read what ``write_adapter`` wrote.

    Raises:
        DamagedAdapter: If the file is no adapter.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            facts = Facts(**json.loads((file.metadata() or {})[_FACTS]))
            keys = list(file.keys())
            names = [key.removesuffix(_THIN_IN) for key in keys if key.endswith(_THIN_IN)]
            layers = {
                name: Layer(
                    file.get_tensor(name + _THIN_IN).astype(np.float32),
                    file.get_tensor(name + _THIN_OUT).astype(np.float32),
                )
                for name in names
            }
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise DamagedAdapter(path, f"no adapter ({error!r})") from error
    return facts, layers


def read_emphasis(path: Path) -> Floats | None:
    """Read what an adapter says of the weights of a question's tokens; None if it says nothing.

    Raises:
        DamagedAdapter: If the file is no adapter.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            if _EMPHASIS not in file.keys():  # noqa: SIM118 (it is no mapping)
                return None
            return np.asarray(file.get_tensor(_EMPHASIS), dtype=np.float32)
    except (SafetensorError, OSError) as error:
        raise DamagedAdapter(path, f"no adapter ({error!r})") from error


def merge(transformer: torch.nn.Module, adapter: Adapter) -> None:
    """Add an adapter to the weights of the model that it was trained on.

    Raises:
        DamagedAdapter: If the file is no adapter.
        UnsuitableAdapter: If it was trained on another model.
    """
    import torch

    facts, layers = read_adapter(adapter.path)
    found = weights_digest(transformer)
    if facts.base != found:
        raise UnsuitableAdapter(adapter.path, found, facts.base)
    with torch.no_grad():
        for name, layer in layers.items():
            weights = transformer.get_submodule(name).get_parameter("weight")
            weights.add_(torch.from_numpy(layer.thin_out @ layer.thin_in))


def weights_digest(transformer: torch.nn.Module) -> str:
    """Tell a model's weights from any other's, wherever they were read from."""
    return digest_parts(weight_parts(transformer))


def weight_parts(transformer: torch.nn.Module) -> Iterator[bytes]:
    """Give names and values of all weights, in the order of their names."""
    for name, tensor in sorted(transformer.state_dict().items()):
        yield name.encode()
        yield tensor.detach().cpu().contiguous().numpy().tobytes()
