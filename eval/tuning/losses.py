"""What training makes small: wrong passages that look better than right ones.

The same token vectors find passages (their mean, by cosine) and put them in order (MaxSim), so both
are trained on, side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

# Cosines of a question and passages lie within a few tenths of each other, weighted means of best
# cosines nearer still: multiplied by these, a clear difference decides and a slight one does not.
COSINE_SCALE = 20.0
MAXSIM_SCALE = 30.0


class Vectors(NamedTuple):
    """What the model makes of n texts."""

    pooled: Tensor
    """(n, d), rows of unit length."""
    tokens: Tensor
    """(n, t, d), rows of unit length; t is the longest text's, signs such as ``[CLS]`` included."""
    real: Tensor
    """(n, t) bool: False for signs and for what fills up shorter texts."""


def cosines(questions: Vectors, passages: Vectors) -> Tensor:
    """Compare q questions and p passages by their pooled vectors: (q, p)."""
    return questions.pooled @ passages.pooled.T


def max_similarities(questions: Vectors, passages: Vectors, weights: Tensor) -> Tensor:
    """Compare q questions and p passages token by token.

    Args:
        questions: Of q texts with up to t tokens each.
        passages: Of p texts.
        weights: (q, t): the weight of each of a question's tokens; each row sums to 1.

    Returns:
        (q, p): for each pair the weighted mean of the best cosines.

    Source:
        As for ``rag.late_interaction.match_tokens``, which this trains for.
    """
    q, t, d = questions.tokens.shape
    p, u, _ = passages.tokens.shape
    flat = questions.tokens.reshape(q * t, d) @ passages.tokens.reshape(p * u, d).T
    similarities = flat.reshape(q, t, p, u).masked_fill(~passages.real[None, None], -2.0)
    best = similarities.amax(dim=3).float()
    return (best * weights[:, :, None]).sum(dim=1)


def contrastive(scores: Tensor, also_right: Tensor) -> Tensor:
    """Ask for the right passage of every question to have the highest score.

    Args:
        scores: (q, p); the right passage of question i is passage i.
        also_right: (q, p) bool: other passages that answer, which count for nothing.

    Returns:
        The mean cross entropy, a single number.

    Source:
        Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply", 2017,
        section 4.4, with mined passages besides those of the other questions.
    """
    import torch

    kept = scores.masked_fill(also_right, -1e4)
    return torch.nn.functional.cross_entropy(kept, torch.arange(len(scores)))
