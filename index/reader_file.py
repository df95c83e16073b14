"""The file of a reader: what is added to an encoder's weights, and the head on top of them.

A reader is the encoder that an index is built with, trained further to see question and passage at
once (``index.reader``). Its file holds by how much the weights differ, in eight bits with a scale
for each row, and the head. Thin matrices, as an adapter has, would not do: at the same size they
lose a tenth of the difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from index.arrays import Floats
from index.errors import DamagedReader

if TYPE_CHECKING:
    import torch

_FACTS = "ibid"
_HEAD = "head."
_BYTES = ".bytes"
_SCALE = ".scale"
_LARGEST_BYTE = 127


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """What a reader's file says of itself."""

    name: str
    adapter: str
    """SHA-256 of the adapter's file that the encoder has on which the reader was trained."""
    trained_on: tuple[str, ...]
    """The documents that it was trained on: on questions about them it does better than on others,
    and nothing may be fitted to what it reads there."""
    trained_by: Mapping[str, str | int | float]
    """The settings of the training, for whoever wants to repeat it."""


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """What makes a reader of an encoder."""

    added: Mapping[str, Floats]
    """What is added to the encoder's weights, by their names: matrices and vectors."""
    head: Mapping[str, Floats]
    """The fields of ``index.reader.ReaderHead``."""

    def add_to(self, transformer: torch.nn.Module) -> None:
        """Change the weights of an encoder, adapter included, into those of the reader."""
        import torch

        with torch.no_grad():
            for name, added in self.added.items():
                transformer.get_parameter(name).add_(torch.from_numpy(added))


def write_reader(path: Path, weights: ReaderWeights, facts: ReaderFacts) -> None:
    """Write a reader; of each weight's difference about two digits are kept."""
    tensors: dict[str, npt.NDArray[Any]] = {}
    for name, added in weights.added.items():
        largest = np.abs(added).max(axis=-1, keepdims=True)
        scale = np.where(largest > 0, largest / _LARGEST_BYTE, 1).astype(np.float32)
        # A file takes the numbers as they lie in memory, those of a transposed matrix too.
        tensors[name + _BYTES] = np.ascontiguousarray(np.rint(added / scale), dtype=np.int8)
        tensors[name + _SCALE] = scale
    for name, one in weights.head.items():
        tensors[_HEAD + name] = np.asarray(one, dtype=np.float32, order="C")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={_FACTS: json.dumps(asdict(facts), sort_keys=True)})


def read_facts(path: Path) -> ReaderFacts:
    """Read what a reader's file says of itself, and no weights.

    Raises:
        DamagedReader: If the file is no reader.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {})[_FACTS])
            return ReaderFacts(**{**facts, "trained_on": tuple(facts["trained_on"])})
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise DamagedReader(path, f"no reader ({error!r})") from error


def read_weights(path: Path) -> ReaderWeights:
    """Read what ``write_reader`` wrote.

    Raises:
        DamagedReader: If the file is no reader.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        names = [name.removesuffix(_BYTES) for name in tensors if name.endswith(_BYTES)]
        return ReaderWeights(
            added={name: tensors[name + _BYTES] * tensors[name + _SCALE] for name in names},
            head={
                name.removeprefix(_HEAD): one
                for name, one in tensors.items()
                if name.startswith(_HEAD)
            },
        )
    except (SafetensorError, OSError, KeyError) as error:
        raise DamagedReader(path, f"no reader ({error!r})") from error
