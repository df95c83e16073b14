from __future__ import annotations

from math import log2

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import R

from eval.measures.ranking import rank_scores, recall_at

GROUPS = 4
one_each = st.lists(st.sets(st.integers(0, GROUPS - 1), max_size=1).map(frozenset), max_size=15)
anything = st.lists(st.sets(st.integers(0, GROUPS - 1)).map(frozenset), max_size=15)


def found(*groups):
    return [frozenset(group) for group in groups]


@pytest.mark.parametrize(
    ("ranking", "k", "expected"),
    [
        (found({0}, {1}), 1, 0.5),
        (found({0}, {1}), 5, 1.0),
        (found({0, 1}), 1, 1.0),
        (found({0}, {0}, {0}), 3, 0.5),
        (found(set(), set(), {1}), 2, 0.0),
        (found(), 5, 0.0),
    ],
)
def test_recall_is_the_share_of_groups_found_among_the_first_k(ranking, k, expected):
    assert recall_at(ranking, groups=2, k=k) == expected


@pytest.mark.parametrize(
    ("ranking", "reciprocal_rank", "ndcg"),
    [
        (found({0}), 1.0, 1 / (1 + 1 / log2(3))),
        (found({0}, {1}), 1.0, 1.0),
        (found({0, 1}), 1.0, 1.0),
        (found(set(), {0, 1}), 0.5, 1 / log2(3)),
        (found(set(), set(), {1}, {0}), 1 / 3, (1 / 2 + 1 / log2(5)) / (1 + 1 / log2(3))),
        (found({0}, {0}), 1.0, 1 / (1 + 1 / log2(3))),
        (found(*[set()] * 10, {0, 1}), 1 / 11, 0.0),
        (found(), 0.0, 0.0),
    ],
    ids=[
        "one of two",
        "both",
        "both at once",
        "both at once, second",
        "late",
        "the same one again",
        "past ten",
        "nothing",
    ],
)
def test_rank_scores_are_those_computed_by_hand(ranking, reciprocal_rank, ndcg):
    scores = rank_scores(ranking, groups=2)

    assert scores.reciprocal_rank == pytest.approx(reciprocal_rank)
    assert scores.ndcg_at_10 == pytest.approx(ndcg)


@given(ranking=one_each, k=st.integers(1, 12))
def test_recall_agrees_with_ir_measures_where_a_passage_finds_one_group(ranking, k):
    """The library knows documents: the first passage of each group stands for it there."""
    run, seen = {"nothing": -99.0}, set()
    for i, groups in enumerate(ranking):
        name = next(iter(groups), None)
        run[f"filler {i}" if name is None or name in seen else f"group {name}"] = float(-i)
        seen |= groups
    qrels = {"q": {f"group {i}": 1 for i in range(GROUPS)}}

    theirs = ir_measures.calc_aggregate([R @ k], qrels, {"q": run})[R @ k]

    assert recall_at(ranking, groups=GROUPS, k=k) == pytest.approx(theirs)


@given(ranking=anything)
def test_no_ranking_scores_below_0_or_above_1(ranking):
    scores = rank_scores(ranking, groups=GROUPS)

    assert 0 <= scores.reciprocal_rank <= 1
    assert 0 <= scores.ndcg_at_10 <= 1 + 1e-9


@given(ranking=anything, k=st.integers(1, 12))
def test_looking_at_more_passages_never_finds_less(ranking, k):
    deeper = recall_at(ranking, groups=GROUPS, k=k + 1)

    assert deeper >= recall_at(ranking, groups=GROUPS, k=k)
