from __future__ import annotations

import numpy as np
import pytest

from index.dense import EXACT_UP_TO, DenseIndex, DenseWriter
from index.errors import DamagedStore

D = 16


def unit_rows(count, seed=0):
    rows = np.random.default_rng(seed).standard_normal((count, D)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=[1, EXACT_UP_TO + 1], ids=["exact", "graph"])
def index(request, tmp_path):
    writer = DenseWriter(D, expected=request.param)
    writer.add(unit_rows(150))
    writer.add(unit_rows(150, seed=1))
    writer.save(tmp_path / "dense.faiss")
    return DenseIndex.open(tmp_path / "dense.faiss")


@pytest.fixture
def stored():
    return np.concatenate([unit_rows(150), unit_rows(150, seed=1)])


def test_the_nearest_rows_are_those_of_brute_force(index, stored):
    queries = unit_rows(5, seed=2)

    nearest = index.search(queries, 7)

    scores = queries @ stored.T
    assert nearest.rows.tolist() == np.argsort(-scores, axis=1)[:, :7].tolist()
    assert nearest.scores == pytest.approx(-np.sort(-scores, axis=1)[:, :7], abs=1e-5)


def test_a_search_can_be_confined_to_rows(index, stored):
    queries, allowed = unit_rows(3, seed=3), np.arange(40, 80)

    nearest = index.search(queries, 5, rows=allowed)

    expected = 40 + np.argsort(-(queries @ stored[40:80].T), axis=1)[:, :5]
    assert nearest.rows.tolist() == expected.tolist()


@pytest.mark.parametrize(("limit", "rows", "found"), [(999, None, 300), (9, [3, 5], 2), (9, [], 0)])
def test_no_more_is_found_than_there_is(index, limit, rows, found):
    nearest = index.search(unit_rows(2), limit, rows=rows)

    assert nearest.rows.shape == nearest.scores.shape == (2, found)


def test_vectors_come_back_in_the_order_asked(index, stored):
    assert index.vectors([299, 0, 7]) == pytest.approx(stored[[299, 0, 7]])
    assert index.vectors([]).shape == (0, D)


def test_a_file_that_holds_no_vectors_is_named(tmp_path):
    (tmp_path / "dense.faiss").write_bytes(b"no vectors")

    with pytest.raises(DamagedStore, match=r"dense\.faiss.*found no readable vectors"):
        DenseIndex.open(tmp_path / "dense.faiss")
    with pytest.raises(DamagedStore, match=r"gone\.faiss"):
        DenseIndex.open(tmp_path / "gone.faiss")
