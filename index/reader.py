"""Reads a question and a passage together, and tells of each sentence whether it answers.

The encoder looks at a question and at a passage apart from each other, which is fast and finds what
is like the question. Whether a sentence answers it is seen only by a model that has both before it
at once. It is too slow for all passages, and reads the few that an answer may come from.

The model is exported together with the encoder when an index is built; here it is run by
onnxruntime.

Source:
    Nogueira and Cho, "Passage Re-ranking with BERT", 2019, for question and passage in one input;
    Khattab and Zaharia, "ColBERT", SIGIR 2020, section 3.3, for MaxSim, which is taken here of
    vectors that have seen both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.arrays import Floats, Ints, Rows, unit_rows
from index.document_tables import StoredPassage
from index.encoder import OnnxEncoder
from index.errors import DamagedStore
from index.onnx_runtime import onnxruntime, open_session

READER_FILE = "reader.onnx"
READER_HEAD_FILE = "reader.npz"

# What it was trained with, a third of it for the question: longer inputs would be read worse.
_LONGEST_INPUT = 176
_QUESTIONS_SHARE = 3

# A reading takes about a hundred bytes, and its key two hundred.
_READINGS_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class ReaderHead:
    """What makes a sentence's log odds of the model's hidden states."""

    prior: Floats
    """(v,): the logarithm of each token's weight in a question, before it is read."""
    emphasis: Floats
    """(d,): its product with a token's state is added to that."""
    sentence: Floats
    """(d,): what the mean state of a sentence adds to its log odds."""
    whole: Floats
    """(d,): what the state of the first sign adds to those of all sentences."""
    sharpness: Floats
    """(): what a MaxSim of 1 adds."""
    bias: Floats
    """()"""

    def log_odds(self, question: Ints, states: Floats, sentences: Ints) -> Floats:
        """Give the log odds of each sentence.

        Args:
            question: (q,) ids of the question's tokens.
            states: (t, d) hidden states: of one sign, of the question's tokens, of what follows.
            sentences: (t,) the sentence that each token stands in, counted from 0; -1 for none.

        Returns:
            (s,) float32.
        """
        asked = states[1 : 1 + len(question)]
        weights = np.exp(_centred(self.prior[question] + asked @ self.emphasis))
        cosines = unit_rows(asked) @ unit_rows(states).T
        odds = [
            self.sharpness * (weights / weights.sum()) @ cosines[:, own].max(axis=1)
            + states[own].mean(axis=0) @ self.sentence
            for own in (sentences == i for i in range(int(sentences.max()) + 1))
        ]
        together: Floats = np.array(odds) + states[0] @ self.whole + self.bias
        return together.astype(np.float32)


def _centred(values: Floats) -> Floats:
    centred: Floats = values - values.max()
    return centred


@dataclass(frozen=True, slots=True)
class _Input:
    """A question with some sentences of one passage."""

    ids: list[int]
    sentences: list[int]
    """For each id the sentence it stands in, counted from the first of the input; -1 for none."""


class OnnxReader:
    """An exported reader; may be used from several threads at once."""

    def __init__(
        self, encoder: OnnxEncoder, session: onnxruntime.InferenceSession, head: ReaderHead
    ) -> None:
        """Put together what ``open_reader`` has read."""
        self._encoder = encoder
        self._session = session
        self._head = head
        self._read_once = lru_cache(_READINGS_REMEMBERED)(self._read)

    def read(self, question: str, passage: StoredPassage) -> Floats:
        """Give the log odds that each sentence of a passage answers: (its sentences,) float32.

        The same passage is read once for the same question, and remembered for a while.
        """
        texts = tuple(
            passage.text[span.start - passage.start : span.end - passage.start]
            for span in passage.sentences
        )
        read: Floats = self._read_once(question, texts)
        return read

    def _read(self, question: str, texts: tuple[str, ...]) -> Floats:
        asked = self._ids([question])[0][: self._longest // _QUESTIONS_SHARE]
        asked = asked or list(self._encoder.record.suffix_ids)
        odds = [
            self._head.log_odds(np.array(asked, dtype=np.int32), states, np.array(one.sentences))
            for one in self._inputs(asked, self._ids(texts))
            for states in self._session.run(None, _feed(one.ids))[0]
        ]
        read: Floats = np.concatenate(odds)
        read.flags.writeable = False
        return read

    @property
    def _longest(self) -> int:
        """Give the most tokens of an input, the model's own signs included."""
        return min(_LONGEST_INPUT, self._encoder.record.window_tokens)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._encoder.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [list(one.ids) for one in encoded]

    def _inputs(self, question: list[int], texts: Sequence[list[int]]) -> Iterator[_Input]:
        """Lay out a question with as many sentences at a time as the model takes."""
        record = self._encoder.record
        before, after = list(record.prefix_ids), list(record.suffix_ids)
        opening = [*before, *question, *after]
        room = self._longest - len(opening) - len(after)
        taken: list[list[int]] = []
        for text in (text[:room] or after for text in texts):
            if taken and sum(map(len, taken)) + len(text) > room:
                yield _laid_out(opening, taken, after)
                taken = []
            taken.append(text)
        yield _laid_out(opening, taken, after)


def _laid_out(opening: list[int], texts: Sequence[list[int]], after: list[int]) -> _Input:
    ids = [*opening, *(token for text in texts for token in text), *after]
    within = [i for i, text in enumerate(texts) for _ in text]
    return _Input(ids, [-1] * len(opening) + within + [-1] * len(after))


def _feed(ids: Sequence[int]) -> dict[str, Rows]:
    inputs = np.array([ids], dtype=np.int64)
    return {"input_ids": inputs, "attention_mask": np.ones_like(inputs)}


def open_reader(folder: Path, encoder: OnnxEncoder) -> OnnxReader | None:
    """Open the reader that was exported with an encoder; None if there is none.

    Raises:
        DamagedStore: If one of its files cannot be understood.
    """
    if not (folder / READER_FILE).is_file():
        return None
    session = open_session(folder / READER_FILE)
    return OnnxReader(encoder, session, _open_head(folder / READER_HEAD_FILE))


def _open_head(path: Path) -> ReaderHead:
    names = [field.name for field in fields(ReaderHead)]
    try:
        with np.load(path, allow_pickle=False) as stored:
            return ReaderHead(**{name: stored[name].astype(np.float32) for name in names})
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise DamagedStore(path, f"no readable numbers ({error})", "a reader's head") from error
