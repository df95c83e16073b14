from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from index.cache import BUILDS_REMEMBERED, Embedding, EmbeddingCache, Space, text_key
from index.tokens import PackedTokens, Projection

SPACE = Space("a model", Projection.none(4))
KEY = text_key("The carts stood empty.")


def embedding(seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((5, 4)).astype(np.float32)
    ids, offsets = np.arange(5, dtype=np.int32), np.zeros((5, 2), dtype=np.int32)
    return Embedding(vectors[0], PackedTokens.pack(vectors, ids, offsets))


@pytest.fixture
def path(tmp_path):
    with EmbeddingCache(tmp_path / "cache.sqlite") as cache:
        cache.put(SPACE, {KEY: embedding()})
        cache.put_projection(SPACE)
    return tmp_path / "cache.sqlite"


def test_what_was_put_in_comes_back_bit_by_bit(path):
    with EmbeddingCache(path) as cache:
        found = cache.get(SPACE, [KEY, text_key("another text")])

    assert list(found) == [KEY]
    assert found[KEY].sentence.tobytes() == embedding().sentence.tobytes()
    assert found[KEY].tokens.to_bytes() == embedding().tokens.to_bytes()


@pytest.mark.parametrize(
    "other",
    [
        Space("another model", SPACE.projection),
        Space("a model", Projection(-SPACE.projection.axes, 9)),
    ],
    ids=["model", "projection"],
)
def test_vectors_of_another_space_are_not_given_out(path, other):
    with EmbeddingCache(path) as cache:
        assert cache.get(other, [KEY]) == {}


def test_a_projection_is_remembered_by_model(path):
    with EmbeddingCache(path) as cache:
        found = cache.projection("a model")

        assert found is not None
        assert found.axes.tobytes() == SPACE.projection.axes.tobytes()
        assert cache.projection("another model") is None


def test_many_keys_are_looked_up(path):
    keys = [text_key(str(n)) for n in range(1200)]
    with EmbeddingCache(path) as cache:
        cache.put(SPACE, {key: embedding(n) for n, key in enumerate(keys)})

        assert list(cache.get(SPACE, keys)) != []
        assert set(cache.get(SPACE, keys)) == set(keys)


@pytest.mark.parametrize("damage", [b"", b"no database", None], ids=["empty", "other", "torn"])
def test_a_damaged_cache_is_made_anew(path, damage):
    contents = path.read_bytes()
    path.write_bytes(contents[:5000] + b"\xff" * 9000 if damage is None else damage)

    with EmbeddingCache(path) as cache:
        cache.get(SPACE, [KEY])
        cache.put(SPACE, {KEY: embedding(1)})
        assert cache.get(SPACE, [KEY])[KEY].sentence.tolist() == embedding(1).sentence.tolist()


def test_a_damaged_vector_is_not_given_out(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE vectors SET sentence = zeroblob(16)")
        connection.execute("UPDATE projections SET axes = zeroblob(64)")
    connection.close()

    with EmbeddingCache(path) as cache:
        assert cache.get(SPACE, [KEY]) == {}
        assert cache.projection("a model") is None


def test_a_text_is_forgotten_when_the_last_builds_did_not_use_it(path):
    used = text_key("used by every build")
    with EmbeddingCache(path) as cache:
        cache.put(SPACE, {used: embedding(2)})
        for _ in range(BUILDS_REMEMBERED):
            cache.finish_build(SPACE, [used])
        assert set(cache.get(SPACE, [KEY, used])) == {KEY, used}

        cache.finish_build(SPACE, [used])

        assert set(cache.get(SPACE, [KEY, used])) == {used}


def test_a_text_that_cannot_be_encoded_has_a_key_all_the_same():
    assert text_key("\ud800") != text_key("")
