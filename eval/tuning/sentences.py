"""Where the sentences of a batch stand, and which of them answer which question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eval.tuning.batches import Batch
from index.arrays import Rows
from index.document_tables import StoredPassage
from index.documents import DocumentStore

Claims = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage as it is encoded: headings, then sentences."""

    text: str
    sentence_starts: tuple[int, ...]
    """Where its sentences start in the text; the headings end with the first."""


class Sentences(NamedTuple):
    """The s sentences of a batch's p passages, passage after passage, and its q questions."""

    of_tokens: Rows
    """(p, t): the sentence in which each token stands; s for those of headings, and for what is
    no word of the text."""
    right: Claims
    """(q, s): those of the question's own passage that answer it."""
    own: Claims
    """(q, s): all of the question's own passage that count."""
    counted: Claims
    """(q, s): all that count. Those do not that answer in another passage, and those whose tokens
    were cut off."""


def passage_texts(documents: DocumentStore) -> list[PassageText]:
    """Give the passages of a library as they are encoded, in the order of their rows."""
    rows = range(len(documents))
    pairs = zip(documents.passages(rows), documents.embedded(rows), strict=True)
    return [_text(passage, embedded) for passage, embedded in pairs]


def _text(passage: StoredPassage, embedded: str) -> PassageText:
    # The passage's own text stands at the end of what is encoded.
    shift = len(embedded) - len(passage.text) - passage.start
    return PassageText(embedded, tuple(start + shift for start, _ in passage.sentences))


def lay_out(batch: Batch, passages: Sequence[PassageText], starts: Rows, real: Claims) -> Sentences:
    """Lay the sentences of a batch's passages side by side.

    Args:
        batch: The questions, and p rows.
        passages: What each of the rows holds.
        starts: (p, t): where each token starts in its passage's text.
        real: (p, t): False for signs and for what fills up shorter texts.
    """
    counts = [len(passage.sentence_starts) for passage in passages]
    first = np.cumsum([0, *counts])
    of_tokens = _of_tokens(passages, first, starts, real)
    told = _told(batch, first)
    present = np.isin(np.arange(first[-1]), of_tokens)
    passage_of = np.repeat(np.arange(len(passages)), counts)
    in_own = passage_of == np.arange(len(batch.questions))[:, None]
    counted = present & (in_own | ~told)
    return Sentences(of_tokens, told & counted, in_own & counted, counted)


def _of_tokens(passages: Sequence[PassageText], first: Rows, starts: Rows, real: Claims) -> Rows:
    within = np.stack(
        [
            np.searchsorted(passage.sentence_starts, places, side="right") - 1
            for passage, places in zip(passages, starts, strict=True)
        ]
    )
    return np.where(real & (within >= 0), within + first[:-1, None], first[-1])


def _told(batch: Batch, first: Rows) -> Claims:
    """Say which sentences are known to answer which question, in whatever passage: (q, s)."""
    told = np.zeros((len(batch.questions), first[-1]), dtype=bool)
    for i, known in enumerate(batch.told):
        for j, row in enumerate(batch.rows):
            told[i, [first[j] + sentence for sentence in known.get(row, ())]] = True
    return told
