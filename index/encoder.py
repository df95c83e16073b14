"""Turns texts into vectors: one for the whole text, and one for each of its tokens.

The model was exported when the index was built; here it is run by onnxruntime. How it is exported
is left to ``index.encoder_export``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from tokenizers import Tokenizer

from index.arrays import Floats, Ints, unit_rows
from index.errors import DamagedStore
from index.onnx_runtime import onnxruntime, open_session

ENCODER_FOLDER = "encoder"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
RECORD_FILE = "encoder.json"
ADAPTER_FILE = "adapter.safetensors"
EMPHASIS_FILE = "emphasis.npy"

# Texts of like length are run together. On 2 cores 16 passages of 140 tokens at a time are as fast
# as any other number, and 4,096 tokens keep a batch of long texts below 100 MB.
BATCH_TEXTS = 16
BATCH_TOKENS = 4096


class Pooling(StrEnum):
    """How a text's vector is made from those of its tokens."""

    MEAN = "mean"
    CLS = "cls"


class Precision(StrEnum):
    """How the exported model's weights are stored."""

    F32 = "f32"
    INT8 = "int8"
    """One scale for each output channel. Faster, and not the same on every processor."""


@dataclass(frozen=True, slots=True)
class AdapterRecord:
    """What an exported model says of the adapter that was merged into it."""

    name: str
    digest: str
    """SHA-256 of the adapter's file."""


@dataclass(frozen=True, slots=True)
class ReaderRecord:
    """What an exported model says of the reader that was exported with it."""

    name: str
    digest: str
    """SHA-256 of the reader's file."""
    trained_on: tuple[str, ...]
    """The documents that it was trained on."""


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """What is known of an exported model without running it."""

    name: str
    digest: str
    """Of weights, tokenizer, pooling and precision: texts encoded under one digest compare."""
    source_digest: str | None
    """Of the files the model was exported from; None when it came from the hub."""
    dimension: int
    vocabulary_size: int
    window_tokens: int
    """The most tokens that the model takes at once, its own signs included."""
    pooling: Pooling
    precision: Precision
    prefix_ids: tuple[int, ...]
    """The signs that the model expects before a text, such as ``[CLS]``."""
    suffix_ids: tuple[int, ...]
    pad_id: int
    adapter: AdapterRecord | None = None
    """What was merged into the weights; the digest is that of the weights with it."""
    reader: ReaderRecord | None = None
    """What reads questions and passages together; the digest is not of it."""

    def to_json(self) -> str:
        """Write the record as JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> EncoderRecord:
        """Read what ``to_json`` wrote.

        Raises:
            ValueError: If it is no such record.
        """
        try:
            fields = json.loads(text)
            fields["pooling"] = Pooling(fields["pooling"])
            fields["precision"] = Precision(fields["precision"])
            fields["prefix_ids"] = tuple(fields["prefix_ids"])
            fields["suffix_ids"] = tuple(fields["suffix_ids"])
            if fields.get("adapter") is not None:
                fields["adapter"] = AdapterRecord(**fields["adapter"])
            if (reader := fields.get("reader")) is not None:
                trained_on = tuple(reader["trained_on"])
                fields["reader"] = ReaderRecord(**{**reader, "trained_on": trained_on})
            return cls(**fields)
        except (KeyError, TypeError) as error:
            raise ValueError(f"no record of an encoder ({error})") from error


@dataclass(frozen=True, slots=True)
class Encoded:
    """The vectors of some texts, in the order of the texts."""

    sentence: Floats
    """(n, d) float32, rows of unit length: one for each text."""
    tokens: tuple[Floats, ...]
    """For each text (t, d) float32, rows of unit length: one for each word piece, none for the
    model's own signs such as ``[CLS]``."""
    token_ids: tuple[Ints, ...]
    """For each text (t,) int32."""
    offsets: tuple[Ints, ...]
    """For each text (t, 2) int32: where each token starts and ends in it, in code points."""


class Encoder(Protocol):
    """Turns texts into vectors.

    - The same text gives the same vectors, up to rounding, whatever it is encoded with.
    - ``encode`` may be called from several threads at once.
    """

    @property
    def name(self) -> str:
        """Name the model."""

    @property
    def digest(self) -> str:
        """Tell the model from any other: vectors under one digest may be compared."""

    @property
    def dimension(self) -> int:
        """Give d, the length of every vector."""

    @property
    def vocabulary_size(self) -> int:
        """Give the number of different tokens; every token id is below it."""

    @property
    def emphasis(self) -> Floats | None:
        """Give what the adapter has learnt of the weights of a question's tokens: (d,) or None.

        Its inner product with a token's vector says by how much the logarithm of that token's
        weight is raised.
        """

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode texts of any length, the empty one included."""


class _Window(NamedTuple):
    """A run of one text's tokens that the model sees at once."""

    text: int
    start: int
    end: int


class OnnxEncoder:
    """An exported model, run by onnxruntime.

    A text longer than the model's window is cut into windows of equal length, and each token gets
    its vector from the window it stands in. The text's own vector is pooled over all windows, so
    that the end of a long text counts as much as its beginning; sentence-transformers would leave
    out everything after the first 256 tokens or so. Up to that length both give the same.
    """

    def __init__(
        self,
        record: EncoderRecord,
        tokenizer: Tokenizer,
        session: onnxruntime.InferenceSession,
        emphasis: Floats | None = None,
    ) -> None:
        """Put together what ``open`` has read."""
        self.record = record
        self.emphasis = emphasis
        self.tokenizer = tokenizer
        self._session = session

    @classmethod
    def open(cls, folder: Path) -> OnnxEncoder:
        """Open an exported model.

        Raises:
            DamagedStore: If one of its files is missing or cannot be understood.
        """
        record = read_record(folder)
        tokenizer = _open_tokenizer(folder / TOKENIZER_FILE)
        emphasis = _open_emphasis(folder / EMPHASIS_FILE, record.dimension)
        return cls(record, tokenizer, open_session(folder / MODEL_FILE), emphasis)

    @property
    def name(self) -> str:
        """Name the model, as it was asked for."""
        return self.record.name

    @property
    def digest(self) -> str:
        """Tell the model from any other."""
        return self.record.digest

    @property
    def dimension(self) -> int:
        """Give the length of every vector."""
        return self.record.dimension

    @property
    def vocabulary_size(self) -> int:
        """Give the number of different tokens."""
        return self.record.vocabulary_size

    def knows(self, word: str) -> bool:
        """Whether a word is one token of the model: a common word of its language."""
        return len(self.tokenizer.encode(word, add_special_tokens=False).ids) == 1

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode texts of any length.

        Args:
            texts: n texts.

        Returns:
            Their vectors, in the same order.
        """
        encodings = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        ids = [np.array(e.ids, dtype=np.int32) for e in encodings]
        tokens = [np.zeros((len(i), self.dimension), dtype=np.float32) for i in ids]
        pooled = np.zeros((len(ids), self.dimension), dtype=np.float32)
        windows = [w for n, i in enumerate(ids) for w in self._windows(n, len(i))]
        windows.sort(key=lambda w: w.end - w.start)
        for batch in self._batches(windows):
            self._run(batch, ids, tokens, pooled)
        return Encoded(
            sentence=unit_rows(pooled),
            tokens=tuple(unit_rows(t) for t in tokens),
            token_ids=tuple(ids),
            offsets=tuple(
                np.array(e.offsets, dtype=np.int32).reshape(len(e.ids), 2) for e in encodings
            ),
        )

    def _windows(self, text: int, length: int) -> Iterator[_Window]:
        room = self.record.window_tokens - self._signs
        count = max(1, -(-length // room))
        edges = [length * i // count for i in range(count + 1)]
        return (_Window(text, edges[i], edges[i + 1]) for i in range(count))

    @property
    def _signs(self) -> int:
        return len(self.record.prefix_ids) + len(self.record.suffix_ids)

    def _batches(self, windows: Sequence[_Window]) -> Iterator[Sequence[_Window]]:
        batch: list[_Window] = []
        for window in windows:
            # Sorted by length: the last is the longest, and the others are filled up to it.
            tokens = (len(batch) + 1) * (window.end - window.start + self._signs)
            if batch and (len(batch) == BATCH_TEXTS or tokens > BATCH_TOKENS):
                yield batch
                batch = []
            batch.append(window)
        if batch:
            yield batch

    def _run(
        self,
        batch: Sequence[_Window],
        ids: Sequence[Ints],
        tokens: Sequence[Floats],
        pooled: Floats,
    ) -> None:
        """Run one batch and put its vectors where they belong in ``tokens`` and ``pooled``."""
        before, after = self.record.prefix_ids, self.record.suffix_ids
        longest = max(w.end - w.start for w in batch) + self._signs
        inputs = np.full((len(batch), longest), self.record.pad_id, dtype=np.int64)
        mask = np.zeros_like(inputs)
        for i, (text, start, end) in enumerate(batch):
            window = (*before, *ids[text][start:end], *after)
            inputs[i, : len(window)] = window
            mask[i, : len(window)] = 1
        feed = {"input_ids": inputs, "attention_mask": mask}
        states: Floats = self._session.run(None, feed)[0]
        for i, (text, start, end) in enumerate(batch):
            tokens[text][start:end] = states[i, len(before) : len(before) + end - start]
            seen = states[i, : end - start + self._signs]
            # The sum over all windows points where the mean does, and length is taken off later.
            pooled[text] += seen[0] if self.record.pooling is Pooling.CLS else seen.sum(axis=0)


def read_record(folder: Path) -> EncoderRecord:
    """Read what is known of an exported model.

    Raises:
        DamagedStore: If the record is missing or cannot be understood.
    """
    path = folder / RECORD_FILE
    try:
        return EncoderRecord.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DamagedStore(path, "no such file", "the record of an exported model") from error
    except ValueError as error:
        raise DamagedStore(path, str(error), "the record of an exported model") from error


def _open_tokenizer(path: Path) -> Tokenizer:
    # The library raises a bare Exception for whatever is wrong with the file.
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise DamagedStore(path, f"no tokenizer ({error})", "a tokenizer") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _open_emphasis(path: Path, dimension: int) -> Floats | None:
    try:
        emphasis: Floats = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError) as error:
        raise DamagedStore(path, f"no readable numbers ({error})", "weights of tokens") from error
    if emphasis.shape != (dimension,):
        raise DamagedStore(path, f"{emphasis.shape} numbers", f"{dimension} weights of tokens")
    return emphasis
