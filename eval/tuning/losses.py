"""What training makes small: wrong passages and sentences that look better than right ones.

The same token vectors find passages (their mean, by cosine), put them in order and choose what is
quoted of them (both by MaxSim), so all three are trained on, side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

# Cosines of a question and passages lie within a few tenths of each other, weighted means of best
# cosines nearer still: multiplied by these, a clear difference decides and a slight one does not.
COSINE_SCALE = 20.0
MAXSIM_SCALE = 30.0

# To find the sentence in the right passage is a part of finding it among all.
_OWN_PASSAGE_WEIGHT = 0.5

# Below every cosine, and as a score beyond all hope.
_NO_COSINE = -2.0
_NO_SCORE = -1e4


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


def token_cosines(questions: Vectors, passages: Vectors) -> Tensor:
    """Compare the tokens of q questions and of p passages.

    Args:
        questions: Of q texts with up to t tokens each.
        passages: Of p texts with up to u.

    Returns:
        (q, t, p, u): the cosines; -2, which is below all of them, for what is no word of a passage.
    """
    q, t, d = questions.tokens.shape
    p, u, _ = passages.tokens.shape
    flat = questions.tokens.reshape(q * t, d) @ passages.tokens.reshape(p * u, d).T
    return flat.reshape(q, t, p, u).masked_fill(~passages.real[None, None], _NO_COSINE)


def token_weights(questions: Vectors, idf: Tensor, emphasis: Tensor) -> Tensor:
    """Weigh the tokens of q questions.

    Args:
        questions: Of q texts with up to t tokens each.
        idf: (q, t): how rare each token is.
        emphasis: (d,): its inner product with a token's vector is what the logarithm of the weight
            is raised by.

    Returns:
        (q, t): each row sums to 1; 0 for what is no word.
    """
    weights = idf * (questions.tokens.float() @ emphasis).exp() * questions.real
    return weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-9)


def passage_similarities(cosines: Tensor, weights: Tensor) -> Tensor:
    """Give MaxSim for each question and passage.

    Args:
        cosines: (q, t, p, u) of tokens.
        weights: (q, t): the weight of each of a question's tokens; each row sums to 1.

    Returns:
        (q, p): for each pair the weighted mean of the best cosines.

    Source:
        As for ``rag.late_interaction.match_tokens``, which this trains for.
    """
    return _weighted_mean(cosines.amax(dim=3), weights)


def sentence_similarities(
    cosines: Tensor, weights: Tensor, of_tokens: Tensor, count: int
) -> Tensor:
    """Give MaxSim for each question and sentence.

    Args:
        cosines: (q, t, p, u) of tokens.
        weights: (q, t): the weight of each of a question's tokens; each row sums to 1.
        of_tokens: (p, u) int64: the sentence of each token; ``count`` for that of none.
        count: s, how many sentences there are.

    Returns:
        (q, s): for each pair the weighted mean of the best cosines; -2 if it has no token.
    """
    q, t, p, u = cosines.shape
    flat = cosines.reshape(q, t, p * u)
    best = flat.new_full((q, t, count + 1), _NO_COSINE)
    best = best.scatter_reduce(2, of_tokens.reshape(-1).expand_as(flat), flat, "amax")
    return _weighted_mean(best[:, :, :count], weights)


def _weighted_mean(best: Tensor, weights: Tensor) -> Tensor:
    """Turn (q, t, n) into (q, n)."""
    return (best.float() * weights[:, :, None]).sum(dim=1)


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

    kept = scores.masked_fill(also_right, _NO_SCORE)
    return torch.nn.functional.cross_entropy(kept, torch.arange(len(scores)))


def answering(scores: Tensor, right: Tensor, own: Tensor, counted: Tensor) -> Tensor:
    """Ask for the sentences that answer every question to have the highest scores.

    Args:
        scores: (q, s).
        right: (q, s) bool: the sentences that answer; a question without one is left out.
        own: (q, s) bool: all sentences of the passage in which they stand.
        counted: (q, s) bool: all that they are compared with, those of their passage included.

    Returns:
        The mean cross entropy over all sentences, and half of that over those of the right
        passage; a single number, 0 if no question is left.
    """
    known = right.any(dim=1)
    if not known.any():
        return scores.new_zeros(())
    kept, hits = scores[known], right[known]
    among_all = _shared_entropy(kept, hits, counted[known])
    among_own = _shared_entropy(kept, hits, own[known])
    return among_all + _OWN_PASSAGE_WEIGHT * among_own


def _shared_entropy(scores: Tensor, right: Tensor, among: Tensor) -> Tensor:
    """Give the mean cross entropy where right ones share the probability; (q, s) each."""
    rights = scores.masked_fill(~right, _NO_SCORE).logsumexp(dim=1)
    return (scores.masked_fill(~among, _NO_SCORE).logsumexp(dim=1) - rights).mean()
