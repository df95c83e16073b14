from __future__ import annotations

import numpy as np
import pytest

from index.cache import EmbeddingCache
from index.embedding import Embedder, choose_space
from index.encoder import OnnxEncoder, Precision
from index.model_source import ModelSource
from index.tokens import TOKEN_DIMENSIONS
from tests.index.conftest import tiny_exporter

TEXTS = [f"the {word} of the winter" for word in ("mill", "bread", "council", "letters")]


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """An encoder whose vectors are longer than those that are kept."""
    folder = tmp_path_factory.mktemp("wide")
    tiny_exporter(256)(ModelSource("tiny/wide", None, None), folder, precision=Precision.F32)
    return OnnxEncoder.open(folder)


@pytest.fixture
def cache(tmp_path):
    with EmbeddingCache(tmp_path / "cache.sqlite") as opened:
        yield opened


def test_a_text_is_encoded_once(encoder, cache):
    space = choose_space(encoder, cache, len(TEXTS), TEXTS.__getitem__)
    first, second = (Embedder(encoder, cache, space) for _ in range(2))

    made = first.embed([*TEXTS, TEXTS[0]])
    known = second.embed(TEXTS)

    assert (first.encoded, second.encoded) == (4, 0)
    assert [e.sentence.tobytes() for e in known] == [e.sentence.tobytes() for e in made[:4]]
    assert made[4].tokens.to_bytes() == made[0].tokens.to_bytes()


def test_vectors_are_those_of_the_encoder(encoder, cache):
    space = choose_space(encoder, cache, len(TEXTS), TEXTS.__getitem__)

    embeddings = Embedder(encoder, cache, space).embed(TEXTS)

    encoded = encoder.encode(TEXTS)
    assert np.stack([e.sentence for e in embeddings]) == pytest.approx(encoded.sentence, abs=1e-6)
    tokens = embeddings[0].tokens
    assert tokens.codes * tokens.scales[:, None] == pytest.approx(encoded.tokens[0], abs=0.01)


def test_short_vectors_are_kept_whole(encoder, cache):
    space = choose_space(encoder, cache, len(TEXTS), TEXTS.__getitem__)

    assert space.projection.axes.tolist() == np.eye(encoder.dimension).tolist()


def test_long_vectors_are_cut_and_the_sample_is_not_encoded_twice(wide, cache):
    space = choose_space(wide, cache, len(TEXTS), TEXTS.__getitem__)
    embedder = Embedder(wide, cache, space)

    embeddings = embedder.embed(TEXTS)

    assert embedder.encoded == 0
    assert embeddings[0].tokens.codes.shape == (5, TOKEN_DIMENSIONS)


def test_a_projection_is_kept_once_it_was_fitted_to_enough(wide, cache, monkeypatch):
    first = choose_space(wide, cache, 2, TEXTS.__getitem__)

    refitted = choose_space(wide, cache, len(TEXTS), TEXTS.__getitem__)
    monkeypatch.setattr("index.embedding.ENOUGH_TOKENS", 20)
    kept = choose_space(wide, cache, 3, TEXTS.__getitem__)

    assert first.projection.fitted_tokens == 10
    assert refitted.projection.fitted_tokens == 20
    assert refitted.key != first.key
    assert kept.key == refitted.key
