"""Whether an answer is right, and whether silence was."""

from __future__ import annotations


def trust(*, answerable: bool, silent: bool, right: bool) -> float:
    """Score one reply: 1 for a right answer or a rightful silence, 0 for a needless one, else -1.

    Args:
        answerable: Whether the library answers the question.
        silent: Whether the reply was that it does not.
        right: Whether the answer states all the facts.

    Source:
        The truthfulness score of Yang and others, "CRAG: comprehensive RAG benchmark", NeurIPS
        2024, section 3: accurate 1, missing 0, hallucinated -1. Silence on a question without an
        answer is accurate here.
    """
    if silent:
        return 0.0 if answerable else 1.0
    return 1.0 if answerable and right else -1.0
