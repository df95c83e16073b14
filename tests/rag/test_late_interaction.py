"""MaxSim against a slow and plain computation of the same."""

from pathlib import Path

import numpy as np
import pytest

from corpus.document import DocumentId, Kind, PassageId, Span
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.tokens import PackedTokens, Projection, TokenIndex, TokenWriter
from rag.late_interaction import match_tokens

D = 8
VOCABULARY = 20
RNG = np.random.default_rng(7)


def unit(count: int) -> np.ndarray:
    vectors = RNG.normal(size=(count, D)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def passage(row: int, sentences: int) -> StoredPassage:
    spans = tuple(Span(100 + 10 * i, 100 + 10 * i + 9) for i in range(sentences))
    return StoredPassage(
        row=row,
        id=PassageId(str(row)),
        document=DocumentId("d"),
        start=100,
        end=spans[-1].end,
        kind=Kind.BODY,
        section=(),
        page=None,
        text="x" * (10 * sentences - 1),
        sentences=spans,
    )


@pytest.fixture
def stored(tmp_path: Path) -> tuple[TokenIndex, list[np.ndarray], list[np.ndarray]]:
    vectors, places = [], []
    with TokenWriter(tmp_path, Projection.none(D), vocabulary_size=VOCABULARY) as writer:
        for sentences in (3, 1, 2):
            # One token of a heading first, then four in each sentence.
            where = [-1] + [10 * s + 2 * t for s in range(sentences) for t in range(4)]
            offsets = np.array([(w, w + 2 if w >= 0 else -1) for w in where], dtype=np.int32)
            tokens = unit(len(where))
            ids = RNG.integers(0, VOCABULARY, len(where)).astype(np.int32)
            writer.add(PackedTokens.pack(tokens, ids, offsets))
            vectors.append(tokens)
            places.append(offsets[:, 0])
    return TokenIndex(tmp_path), vectors, places


def test_maxsim_is_the_weighted_mean_of_the_best_cosines(
    stored: tuple[TokenIndex, list[np.ndarray], list[np.ndarray]],
) -> None:
    index, vectors, places = stored
    asked = unit(3)
    ids = np.array([1, 5, 9], dtype=np.int32)
    query = Encoded(asked[:1], (asked,), (ids,), (np.zeros((3, 2), dtype=np.int32),))

    match = match_tokens(query, index, [passage(i, n) for i, n in enumerate((3, 1, 2))])

    weights = index.idf[ids] / index.idf[ids].sum()
    for i, tokens in enumerate(vectors):
        cosines = asked @ tokens.T
        expected = float(weights @ cosines.max(axis=1))
        assert match.passage_scores()[i] == pytest.approx(expected, abs=0.02)
        for s in range(len(match.of(i)[0])):
            inside = (places[i] >= 10 * s) & (places[i] < 10 * (s + 1))
            assert match.of(i)[:, s] == pytest.approx(cosines[:, inside].max(axis=1), abs=0.02)
