"""What training makes small: wrong sentences that look better than right ones, and false hopes.

Log odds are of a sentence against silence, whose log odds are 0. So they must not only be in the
right order; where nothing answers, all of them must be below 0.

Source:
    Rajpurkar, Jia and Liang, "Know What You Don't Know: Unanswerable Questions for SQuAD", ACL
    2018, for questions without an answer among those with one; Gardner et al., "Evaluating Models'
    Local Decision Boundaries via Contrast Sets", Findings of EMNLP 2020, for pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def order(odds: Tensor, right: Tensor) -> Tensor:
    """Ask for the sentences that answer a question to come before all others.

    Args:
        odds: (s,): the log odds of all sentences of its passages.
        right: (s,) bool: those that answer, one at least; they share the probability.

    Returns:
        The cross entropy, a single number.
    """
    return odds.logsumexp(dim=0) - odds[right].logsumexp(dim=0)


def silence(odds: Tensor, right: Tensor) -> Tensor:
    """Ask for silence where nothing answers, and for an answer where something does.

    Args:
        odds: (s,): the log odds of the sentences of one input.
        right: (s,) bool: those that answer, if any do.

    Returns:
        The cross entropy of all sentences and of silence, a single number.
    """
    import torch

    whole = torch.cat([odds, odds.new_zeros(1)]).logsumexp(dim=0)
    return whole - odds[right].logsumexp(dim=0) if bool(right.any()) else whole


def pair(twin: Tensor, double: Tensor) -> Tensor:
    """Ask for a passage to promise the twin more than the double.

    Args:
        twin: (s,): the log odds of the sentences under the question that they answer.
        double: (s,): their log odds under the one that they do not.

    Returns:
        The cross entropy of which of the two questions is answered, a single number.
    """
    import torch

    ahead = double.logsumexp(dim=0) - twin.logsumexp(dim=0)
    return torch.nn.functional.softplus(ahead)
