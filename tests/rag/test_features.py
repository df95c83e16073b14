"""What passages are described by."""

import numpy as np
import pytest

from rag.features import PASSAGE_FEATURES, passage_features
from rag.late_interaction import match_tokens
from rag.retrieval import retrieve


@pytest.fixture(scope="module")
def described(assistant) -> tuple[object, dict[str, np.ndarray]]:
    query = assistant.understand("Which merchant let the ferry and counted nineteen pupils?")
    encoded = assistant.index.encoder.encode([query.searched])
    candidates = retrieve(assistant.index, query, encoded)
    match = match_tokens(encoded, assistant.index.tokens, candidates.passages)
    features = passage_features(query, candidates, candidates.passages, match)
    return (candidates, match), dict(zip(PASSAGE_FEATURES, features.T, strict=True))


def test_context_is_what_stands_beside_a_passage_and_not_in_it(described) -> None:
    (candidates, match), columns = described
    row = {int(row): i for i, row in enumerate(candidates.rows)}

    for here, i in row.items():
        near = [match.present[:, row[r]] for r in (here - 1, here + 1) if r in row]
        missing = match.present[:, i] == 0
        expected = sum(
            weight
            for token, weight in enumerate(match.weights)
            if missing[token] and any(other[token] for other in near)
        )
        assert columns["context"][i] == pytest.approx(expected, abs=1e-5)


def test_beside_is_the_mean_cosine_of_both_neighbours(described, assistant) -> None:
    (candidates, _), columns = described
    encoded = assistant.index.encoder.encode(
        ["Which merchant let the ferry and counted nineteen pupils?"]
    )
    middle = next(i for i, row in enumerate(candidates.rows) if row == 2)

    around = assistant.index.dense.vectors([1, 3]) @ encoded.sentence[0]

    assert columns["beside"][middle] == pytest.approx(float(around.mean()), abs=1e-5)
