"""How early the evidence stands in a ranking.

A question's evidence is a list of groups, and one passage may find two of them. Recall over groups
is counted here; the other measures come from ir-measures, which knows documents and grades: a
passage is a document, its grade the number of groups that no earlier passage had found.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, nDCG

_QUESTION = "question"


@dataclass(frozen=True, slots=True)
class RankScores:
    """What ir-measures says of one ranking; both from 0 to 1."""

    reciprocal_rank: float
    ndcg_at_10: float


def recall_at(found: Sequence[AbstractSet[int]], *, groups: int, k: int) -> float:
    """Give the share of a question's evidence groups found among the first ``k`` passages.

    Args:
        found: For each passage, best first, the groups it finds.
        groups: How many groups the question has; at least 1.
        k: How many passages are looked at.

    Source:
        Recall at a cut-off, as in Manning, Raghavan and Schuetze, "Introduction to Information
        Retrieval", 2008, section 8.4, with evidence groups in the place of relevant documents.
    """
    return len(frozenset().union(*found[:k])) / groups


def rank_scores(found: Sequence[AbstractSet[int]], *, groups: int) -> RankScores:
    """Give the reciprocal rank of the first passage that finds anything, and nDCG at 10.

    Args:
        found: For each passage, best first, the groups it finds.
        groups: How many groups the question has; at least 1. Those that no passage found stand in
            the ideal ranking all the same, each as a passage of its own.

    Source:
        Kantor and Voorhees, "The TREC-5 confusion track", Information Retrieval 2000 (reciprocal
        rank); Jarvelin and Kekalainen, "Cumulated gain-based evaluation of IR techniques", ACM
        TOIS 2002 (nDCG, here with log2 and linear gain, as trec_eval has it).
    """
    grades = _new_groups(found)
    qrels = {f"passage {i}": grade for i, grade in enumerate(grades) if grade}
    qrels |= {f"missed {i}": 1 for i in range(groups - sum(grades))}
    run = {f"passage {i}": float(-i) for i in range(len(found))} or {"nothing found": 0.0}
    scores = ir_measures.pytrec_eval.calc_aggregate(
        [RR, nDCG @ 10], {_QUESTION: qrels}, {_QUESTION: run}
    )
    return RankScores(float(scores[RR]), float(scores[nDCG @ 10]))


def _new_groups(found: Sequence[AbstractSet[int]]) -> list[int]:
    seen: frozenset[int] = frozenset()
    grades = []
    for groups in found:
        grades.append(len(groups - seen))
        seen |= groups
    return grades
