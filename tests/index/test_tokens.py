from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index.arrays import unit_rows
from index.errors import DamagedStore
from index.tokens import (
    NOWHERE,
    PackedTokens,
    Projection,
    TokenIndex,
    TokenWriter,
    inverse_document_frequency,
)

D = 12


def tokens(count, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, D)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = rng.integers(0, 50, count, dtype=np.int32)
    offsets = np.stack([np.arange(count) * 3, np.arange(count) * 3 + 2], axis=1).astype(np.int32)
    return PackedTokens.pack(vectors, ids, offsets)


@pytest.fixture
def rows():
    return [tokens(5, seed=1), tokens(0), tokens(9, seed=2)]


@pytest.fixture
def stored(tmp_path, rows):
    with TokenWriter(tmp_path, Projection.none(D), vocabulary_size=50) as writer:
        for row in rows:
            writer.add(row)
    return TokenIndex(tmp_path)


def test_what_is_written_is_read(stored, rows):
    assert len(stored) == 3
    assert stored.total == 14
    for number, row in enumerate(rows):
        assert stored.vectors(number) == pytest.approx(row.codes * row.scales[:, None])
        assert stored.token_ids(number).tolist() == row.ids.tolist()
        assert stored.offsets(number).tolist() == row.offsets.tolist()


def test_several_rows_come_one_after_another(stored, rows):
    packed = stored.packed([2, 0])

    assert stored.counts([2, 0]).tolist() == [9, 5]
    assert packed.ids.tolist() == [*rows[2].ids, *rows[0].ids]
    assert packed.codes[9:].tolist() == rows[0].codes.tolist()


def test_there_is_no_row_before_the_first_or_after_the_last(stored):
    for row in (-1, 3):
        with pytest.raises(IndexError, match=f"found row {row}, expected one from 0 to 2"):
            stored.vectors(row)


@given(
    arrays.arrays(np.float32, (4, D), elements=st.floats(-1, 1, width=32)),
)
def test_rounding_moves_no_coordinate_by_more_than_half_a_step(vectors):
    ids, offsets = np.zeros(4, dtype=np.int32), np.zeros((4, 2), dtype=np.int32)

    packed = PackedTokens.pack(vectors, ids, offsets)

    step = np.abs(vectors).max(axis=1, keepdims=True) / 127
    assert np.all(np.abs(packed.codes * packed.scales[:, None] - vectors) <= 0.51 * step + 1e-30)


@given(st.integers(0, 30))
def test_packing_to_bytes_and_back_is_the_identity(count):
    packed = tokens(count)

    restored = PackedTokens.from_bytes(packed.to_bytes(), dimension=D)

    assert restored.to_bytes() == packed.to_bytes()
    assert restored.offsets.tolist() == packed.offsets.tolist()


def test_the_projection_keeps_what_lies_along_the_main_axes():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.standard_normal((D, 3)))[0]
    vectors = unit_rows((rng.standard_normal((200, 3)) @ axes.T).astype(np.float32))

    projected = Projection.fit(vectors, size=3)(vectors)

    assert projected.shape == (200, 3)
    assert projected @ projected.T == pytest.approx(vectors @ vectors.T, abs=1e-3)


def test_queries_are_projected_as_passages_were(tmp_path):
    vectors = np.eye(D, dtype=np.float32)
    projection = Projection.fit(vectors * np.arange(1, D + 1, dtype=np.float32)[:, None], size=4)
    with TokenWriter(tmp_path, projection, vocabulary_size=1) as writer:
        writer.add(
            PackedTokens.pack(
                projection(vectors), np.zeros(D, np.int32), np.zeros((D, 2), np.int32)
            )
        )
    stored = TokenIndex(tmp_path)

    similarities = stored.project(vectors) @ stored.vectors(0).T

    assert stored.dimension == 4
    assert np.diag(similarities) == pytest.approx([0] * 8 + [1] * 4, abs=0.02)


def test_offsets_are_moved_to_the_passage_and_headings_are_nowhere():
    packed = tokens(5)  # at 0-2, 3-5, 6-8, 9-11, 12-14

    moved = packed.moved(6, 6)

    nowhere = [NOWHERE, NOWHERE]
    assert moved.offsets.tolist() == [nowhere, nowhere, [0, 2], [3, 5], nowhere]
    assert packed.offsets[0].tolist() == [0, 2]


def test_a_term_weighs_more_the_fewer_rows_hold_it(stored, rows):
    held = np.array([sum(i in row.ids for row in rows) for i in range(50)])

    assert stored.idf == pytest.approx([math.log(1 + (3 - n + 0.5) / (n + 0.5)) for n in held])


def test_a_term_that_every_row_holds_still_weighs_something():
    assert inverse_document_frequency(np.array([10, 0]), rows=10).min() > 0


@pytest.mark.parametrize(
    "name", ["tokens.vectors", "tokens.scales", "tokens.ids", "tokens.offsets", "tokens.npz"]
)
@pytest.mark.parametrize("keep", [None, 7], ids=["missing", "cut short"])
@pytest.mark.usefixtures("stored")
def test_a_damaged_file_is_named(tmp_path, name, keep):
    contents = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    if keep is not None:
        (tmp_path / name).write_bytes(contents[:keep])

    with pytest.raises(DamagedStore, match=rf"{name}.*found .*, expected"):
        TokenIndex(tmp_path)
