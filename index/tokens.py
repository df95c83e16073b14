"""Token vectors for late interaction: compact, in one flat file, and read where they are needed.

Every token of every passage has a vector. They are turned onto the main axes of the library's own
token vectors, cut to 192 dimensions and kept as one byte each with a scale for each vector. How
they are compared is left to ``rag``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from index.arrays import Bytes, Floats, Ints, Rows, unit_rows
from index.errors import DamagedStore

# MaxSim alone on 164 questions: R@5 .754 and R@1 .490 over 192 dimensions and one byte each, .762
# and .510 over all 384 or over 256, .739 and .487 over 128. Cut vectors are brought back to unit
# length, which is worth .008 of R@1 at 192 and .043 at 128.
TOKEN_DIMENSIONS = 192

VECTORS_FILE = "tokens.vectors"
SCALES_FILE = "tokens.scales"
IDS_FILE = "tokens.ids"
OFFSETS_FILE = "tokens.offsets"
TABLES_FILE = "tokens.npz"

NOWHERE = -1
"""The offset of a token that does not stand in the passage's text, but in the headings that were
encoded with it."""

_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Projection:
    """The turn from the model's dimensions to those that are kept."""

    axes: Floats
    """(d, d') float32, orthonormal columns."""
    fitted_tokens: int
    """How many token vectors it was fitted to; 0 if nothing had to be fitted."""

    @classmethod
    def fit(cls, tokens: Floats, *, size: int = TOKEN_DIMENSIONS) -> Projection:
        """Find the axes along which token vectors differ most.

        The mean is not taken off, so that what is kept is the inner product between vectors.

        Args:
            tokens: (t, d) float32, a sample.
            size: d', the number of axes.
        """
        _, axes = np.linalg.eigh((tokens.T @ tokens).astype(np.float64))
        # Eigenvalues ascend: the last axes hold the most.
        main = axes[:, ::-1][:, :size].astype(np.float32)
        return cls(np.ascontiguousarray(main), len(tokens))

    @classmethod
    def none(cls, dimension: int) -> Projection:
        """Keep vectors as they are."""
        return cls(np.eye(dimension, dtype=np.float32), 0)

    def __call__(self, vectors: Floats) -> Floats:
        """Turn (t, d) vectors into (t, d') ones of unit length."""
        return unit_rows(vectors @ self.axes)


@dataclass(frozen=True, slots=True)
class PackedTokens:
    """The tokens of one text, as they are stored."""

    codes: Bytes
    """(t, d') int8."""
    scales: Floats
    """(t,) float32: a code times the scale of its row is the coordinate."""
    ids: Ints
    """(t,) int32."""
    offsets: Ints
    """(t, 2) int32: where each token starts and ends, in code points."""

    @classmethod
    def pack(cls, vectors: Floats, ids: Ints, offsets: Ints) -> PackedTokens:
        """Round (t, d') vectors to one byte a coordinate."""
        scales = np.abs(vectors).max(axis=1, initial=0).astype(np.float32) / _LARGEST
        safe = np.where(scales > 0, scales, 1)
        codes = np.rint(vectors / safe[:, None]).astype(np.int8)
        return cls(codes, scales, ids, offsets)

    def to_bytes(self) -> bytes:
        """Put the four arrays one after another."""
        columns = (self.scales, self.ids, self.offsets, self.codes)
        return b"".join(np.ascontiguousarray(c).tobytes() for c in columns)

    @classmethod
    def from_bytes(cls, packed: bytes, *, dimension: int) -> PackedTokens:
        """Take apart what ``to_bytes`` put together; ``dimension`` is d'."""
        t = len(packed) // (4 + 4 + 8 + dimension)
        return cls(
            scales=np.frombuffer(packed, np.float32, t, 0),
            ids=np.frombuffer(packed, np.int32, t, 4 * t),
            offsets=np.frombuffer(packed, np.int32, 2 * t, 8 * t).reshape(t, 2),
            codes=np.frombuffer(packed, np.int8, t * dimension, 16 * t).reshape(t, dimension),
        )

    def moved(self, shift: int, length: int) -> PackedTokens:
        """Count offsets from ``shift`` on; tokens outside the next ``length`` are nowhere."""
        offsets = self.offsets - np.int32(shift)
        outside = (offsets[:, 0] < 0) | (offsets[:, 1] > length)
        offsets[outside] = NOWHERE
        return PackedTokens(self.codes, self.scales, self.ids, offsets)


class TokenWriter:
    """Writes the tokens of passages; the first one added becomes row 0.

    Leaving it as a context finishes the files, or leaves them unfinished after an exception.
    """

    def __init__(self, folder: Path, projection: Projection, *, vocabulary_size: int) -> None:
        """Start the files in a folder that exists."""
        self._folder = folder
        self._projection = projection
        self._starts = [0]
        self._rows_with_id = np.zeros(vocabulary_size, dtype=np.int64)
        with ExitStack() as files:
            self._vectors = _create(folder / VECTORS_FILE, files)
            self._scales = _create(folder / SCALES_FILE, files)
            self._ids = _create(folder / IDS_FILE, files)
            self._offsets = _create(folder / OFFSETS_FILE, files)
            self._files = files.pop_all()

    def add(self, tokens: PackedTokens) -> None:
        """Add the next row."""
        self._vectors.write(np.ascontiguousarray(tokens.codes).tobytes())
        self._scales.write(tokens.scales.tobytes())
        self._ids.write(tokens.ids.tobytes())
        self._offsets.write(np.ascontiguousarray(tokens.offsets).tobytes())
        self._starts.append(self._starts[-1] + len(tokens.ids))
        self._rows_with_id[np.unique(tokens.ids)] += 1

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the files; unless something went wrong, write what holds for all rows."""
        self._files.close()
        if kind is None:
            np.savez(
                self._folder / TABLES_FILE,
                starts=np.array(self._starts, dtype=np.int64),
                idf=inverse_document_frequency(self._rows_with_id, rows=len(self._starts) - 1),
                axes=self._projection.axes,
            )


def inverse_document_frequency(counts: Rows, *, rows: int) -> Floats:
    """Weigh terms by how few rows hold them.

    Args:
        counts: (vocab,) int64: how many rows hold each.
        rows: How many rows there are.

    Returns:
        (vocab,) float32, above 0; the largest for terms that no row holds.

    Source:
        Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009,
        equation 3.3, with 1 added inside the logarithm so that no weight is negative.
    """
    weights = np.log1p((rows - counts + 0.5) / (counts + 0.5))
    return weights.astype(np.float32)


class TokenIndex:
    """The tokens of passages on disk, opened for reading; may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open what a ``TokenWriter`` has written.

        Raises:
            DamagedStore: If a file is missing, or the files do not fit together.
        """
        tables = folder / TABLES_FILE
        try:
            with tables.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                self._starts: Rows = stored["starts"]
                self.idf: Floats = stored["idf"]
                """(vocab,) float32: the weight of each token id, over passages."""
                self._axes: Floats = stored["axes"]
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            raise DamagedStore(tables, f"no readable tables ({error})", "tables") from error
        t, size = self.total, self.dimension
        self._codes: Bytes = _map(folder / VECTORS_FILE, np.int8, (t, size))
        self._scales: Floats = _map(folder / SCALES_FILE, np.float32, (t,))
        self._ids: Ints = _map(folder / IDS_FILE, np.int32, (t,))
        self._offsets: Ints = _map(folder / OFFSETS_FILE, np.int32, (t, 2))

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._starts) - 1

    @property
    def total(self) -> int:
        """Count the tokens of all rows."""
        return int(self._starts[-1])

    @property
    def dimension(self) -> int:
        """Give d', the length of a stored vector."""
        return int(self._axes.shape[1])

    def project(self, vectors: Floats) -> Floats:
        """Turn a query's token vectors, (t, d), into (t, d') ones to compare with ``vectors``.

        Both have unit length, so that an inner product of the two is a cosine.
        """
        return unit_rows(vectors @ self._axes)

    def vectors(self, row: int) -> Floats:
        """Give a row's token vectors: (t, d') float32, of unit length but for rounding."""
        part = self._part(row)
        unpacked: Floats = self._codes[part] * self._scales[part, None]
        return unpacked

    def token_ids(self, row: int) -> Ints:
        """Give the ids of a row's tokens: (t,) int32."""
        return np.array(self._ids[self._part(row)])

    def offsets(self, row: int) -> Ints:
        """Tell where a row's tokens stand in the passage's text.

        Returns:
            (t, 2) int32: start and end in code points, from the start of the passage;
            ``NOWHERE`` for tokens of the headings that were encoded with it.
        """
        return np.array(self._offsets[self._part(row)])

    def packed(self, rows: Sequence[int]) -> PackedTokens:
        """Give the tokens of several rows, one row after another, as they are stored."""
        parts = [self._part(row) for row in rows]
        return PackedTokens(
            codes=np.concatenate([self._codes[part] for part in parts]),
            scales=np.concatenate([self._scales[part] for part in parts]),
            ids=np.concatenate([self._ids[part] for part in parts]),
            offsets=np.concatenate([self._offsets[part] for part in parts]),
        )

    def counts(self, rows: Sequence[int] | Rows) -> Rows:
        """Count the tokens of some rows: (n,) int64."""
        wanted = np.asarray(rows, dtype=np.int64)
        counts: Rows = self._starts[wanted + 1] - self._starts[wanted]
        return counts

    def _part(self, row: int) -> slice:
        if not 0 <= row < len(self):
            raise IndexError(f"found row {row}, expected one from 0 to {len(self) - 1}")
        return slice(int(self._starts[row]), int(self._starts[row + 1]))


def _create(path: Path, files: ExitStack) -> BinaryIO:
    return files.enter_context(path.open("wb"))


Number = TypeVar("Number", np.int8, np.int32, np.float32)


def _map(path: Path, kind: type[Number], shape: tuple[int, ...]) -> npt.NDArray[Number]:
    """Open a flat file as an array, of which only what is looked at is read."""
    expected = int(np.prod(shape)) * np.dtype(kind).itemsize
    try:
        found = path.stat().st_size
    except FileNotFoundError as error:
        raise DamagedStore(path, "no such file", f"{expected} bytes") from error
    if found != expected:
        raise DamagedStore(path, f"{found} bytes", f"{expected} bytes")
    if not expected:
        return np.zeros(shape, dtype=kind)
    # As a plain array: slices of a memmap carry its class along, which takes longer than they do.
    return np.memmap(path, dtype=kind, mode="r", shape=shape).view(np.ndarray)
