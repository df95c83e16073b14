from __future__ import annotations

import numpy as np
import pytest

from eval.tuning.losses import (
    Vectors,
    answering,
    contrastive,
    cosines,
    passage_similarities,
    sentence_similarities,
    token_cosines,
)


def vectors(*texts):
    import torch

    tokens = torch.nn.functional.normalize(torch.tensor(texts, dtype=torch.float32), dim=2)
    real = torch.tensor([[any(token) for token in text] for text in texts])
    return Vectors(torch.nn.functional.normalize(tokens.sum(dim=1), dim=1), tokens, real)


def test_maxsim_takes_each_tokens_best_and_weighs_them():
    import torch

    questions = vectors([[1, 0], [0, 1]])
    passages = vectors([[1, 0], [-1, 0]], [[0, 1], [0, 0]])

    cosines_of_tokens = token_cosines(questions, passages)

    scores = passage_similarities(cosines_of_tokens, torch.tensor([[0.75, 0.25]]))

    assert scores[0].tolist() == pytest.approx([0.75, 0.25])


def test_a_sentence_has_the_best_cosines_of_its_own_tokens_alone():
    import torch

    questions = vectors([[1, 0], [0, 1]])
    passages = vectors([[1, 0], [0, 1]], [[0, 1], [0, 0]])
    of_tokens = torch.tensor([[0, 1], [3, 3]])

    scores = sentence_similarities(
        token_cosines(questions, passages), torch.tensor([[0.75, 0.25]]), of_tokens, 3
    )

    assert scores[0].tolist() == pytest.approx([0.75, 0.25, -2])


def table(*rows):
    import torch

    return torch.tensor(rows, dtype=torch.bool)


def test_right_sentences_share_their_probability():
    import torch

    scores = torch.log(torch.tensor([[2.0, 1.0, 1.0, 4.0, 2.0]]))
    right, own = table([1, 1, 0, 0, 0]), table([1, 1, 1, 0, 0])

    loss = answering(scores, right, own, counted=table([1, 1, 1, 1, 0]))

    assert loss.item() == pytest.approx(-np.log(3 / 8) - 0.5 * np.log(3 / 4), abs=1e-5)


def test_a_question_whose_sentences_are_not_known_counts_for_nothing():
    import torch

    scores = torch.tensor([[3.0, 1.0], [7.0, -7.0]])
    own = table([1, 0], [0, 1])
    everything = table([1, 1], [1, 1])

    with_it = answering(scores, table([1, 0], [0, 0]), own, everything)
    alone = answering(scores[:1], table([1, 0]), own[:1], everything[:1])
    nothing = answering(scores, table([0, 0], [0, 0]), own, everything)

    assert with_it.item() == pytest.approx(alone.item())
    assert nothing.item() == 0


def test_a_loss_counts_no_other_passage_that_answers():
    import torch

    texts = vectors([[1, 0]], [[1, 0.1]])
    scores = 20 * cosines(texts, texts)
    none = torch.zeros(2, 2, dtype=torch.bool)
    both = ~torch.eye(2, dtype=torch.bool)

    assert float(contrastive(scores, both)) == pytest.approx(0, abs=1e-6)
    assert float(contrastive(scores, none)) > 0.1
