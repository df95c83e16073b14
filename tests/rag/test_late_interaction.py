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


def ask(tokens: np.ndarray, ids: list[int]) -> Encoded:
    offsets = np.array([(3 * i, 3 * i + 2) for i in range(len(ids))], dtype=np.int32)
    return Encoded(tokens[:1], (tokens,), (np.array(ids, dtype=np.int32),), (offsets,))


def test_an_emphasis_raises_the_tokens_that_point_its_way(
    stored: tuple[TokenIndex, list[np.ndarray], list[np.ndarray]],
) -> None:
    index, _, _ = stored
    tokens = np.eye(D, dtype=np.float32)[:3]
    query, passages = ask(tokens, [1, 5, 9]), [passage(0, 3)]

    plain = match_tokens(query, index, passages)
    match = match_tokens(query, index, passages, emphasis=1.5 * tokens[1] - 0.5 * tokens[2])

    raised = match.weights / plain.weights
    assert raised / raised[0] == pytest.approx(np.exp([0, 1.5, -0.5]), rel=1e-5)
    assert match.weights.sum() == pytest.approx(1, abs=1e-6)
    assert match.passage_scores() == pytest.approx(match.weights @ match.passages)


def test_an_emphasis_of_nothing_and_none_at_all_are_the_same(
    stored: tuple[TokenIndex, list[np.ndarray], list[np.ndarray]],
) -> None:
    index, _, _ = stored
    query = ask(unit(3), [1, 5, 9])

    weights = [
        match_tokens(query, index, [passage(0, 3)], emphasis=emphasis).weights
        for emphasis in (None, np.zeros(D, dtype=np.float32))
    ]

    assert weights[0] == pytest.approx(weights[1], abs=1e-7)


def test_what_is_not_to_count_is_not_raised(
    stored: tuple[TokenIndex, list[np.ndarray], list[np.ndarray]],
) -> None:
    index, _, _ = stored
    tokens = np.eye(D, dtype=np.float32)[:3]
    query, passages = ask(tokens, [1, 5, 9]), [passage(0, 3)]

    match = match_tokens(query, index, passages, ignore=[(3, 5)], emphasis=9 * tokens[1])

    assert match.weights[1] == 0
    assert match.weights.sum() == pytest.approx(1, abs=1e-6)
