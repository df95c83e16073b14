"""Training a model of a few kilobytes with random weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eval.reader.batches import Batch, Input
from tests.eval.reader.conftest import GRAIN, INK, LESSON, LESSONS


def mean_loss(one):
    plan = one.batches(LESSONS)
    return sum(one.loss(batch).item() for batch in plan) / len(plan)


def odds(one):
    shown = [passage.sentences for passage in LESSON.passages]
    return np.concatenate(one.model.log_odds(LESSON.question, shown))


def test_training_makes_the_loss_smaller_and_finds_what_answers(trainer, tmp_path):
    one = trainer(batches=40, learning_rate=1e-2)
    before = mean_loss(one)

    one.run(LESSONS, tmp_path)

    right = [claim for passage in LESSON.passages for claim in passage.right]
    (double,) = one.model.log_odds(LESSONS.pairs[0].double, [GRAIN.sentences])
    assert mean_loss(one) < 0.5 * before
    assert odds(one).argmax() == right.index(True)
    assert double.max() < odds(one).max()


def test_the_parts_of_a_loss_are_weighed(trainer):
    twin = Input("When?", GRAIN.sentences, GRAIN.right)
    wrong = Input("When?", INK.sentences, INK.right)
    double = Input("Where?", GRAIN.sentences, (False, False))
    batch = Batch((twin, wrong, double), ((0, 1),), ((0, 2),))
    one = trainer()
    (z,), (w,), (d,) = (np.exp(one.model.log_odds(x.question, [x.sentences])) for x in batch.inputs)

    order = np.log((z.sum() + w.sum()) / z[1])
    silence = np.log([(1 + z.sum()) / z[1], 1 + w.sum(), 1 + d.sum()]).mean()
    pair = np.log(1 + d.sum() / z.sum())
    assert one.loss(batch).item() == pytest.approx(order + 0.5 * silence + 0.5 * pair, abs=1e-4)


def test_the_rate_rises_and_falls_to_a_last_share(trainer):
    one = trainer(batches=1000, warm_up=10)

    rates = [one.rate(done) for done in (0, 4, 10, 500, 999)]

    assert rates == pytest.approx([0.1, 0.5 * 0.996, 0.99, 0.5, 0.02])


def test_transformer_and_head_learn_at_their_own_rates(trainer, tmp_path):
    one = trainer(batches=1, warm_up=1, weight_decay=0)
    before, bias = one.model.state(), one.model.head.bias.item()
    before = {name: p.clone() for name, p in before["transformer"].items()}

    one.run(LESSONS, tmp_path)

    # The first step of Adam goes as far as the rate says.
    after = one.model.state()["transformer"]
    steps = [(after[name] - p).abs().max().item() for name, p in before.items()]
    assert max(steps) == pytest.approx(one.config.learning_rate, rel=0.01)
    assert abs(one.model.head.bias.item() - bias) == pytest.approx(one.config.head_rate, rel=0.01)


class Interrupted(Exception):
    pass


class StopsAfter:
    """A progress that breaks the training off."""

    def __init__(self, steps):
        self.left = steps

    def start(self, stage, total):
        pass

    def advance(self, _n, detail=""):
        if detail and not self.left:
            raise Interrupted
        self.left -= bool(detail)

    def finish(self):
        pass


def test_an_interrupted_training_goes_on_to_the_same_end(trainer, tmp_path):
    settings = {"batches": 8, "batches_between_checkpoints": 2}
    whole, resumed = trainer(**settings), trainer(**settings)
    untrained = odds(whole)
    whole.run(LESSONS, tmp_path / "whole")
    with pytest.raises(Interrupted):
        trainer(**settings).run(LESSONS, tmp_path / "broken", StopsAfter(5))
    watcher = StopsAfter(4)

    resumed.run(LESSONS, tmp_path / "broken", watcher)

    assert watcher.left == 0
    assert odds(resumed) == pytest.approx(odds(whole), abs=1e-4)
    assert odds(resumed) != pytest.approx(untrained, abs=1e-2)


@pytest.mark.parametrize(
    ("changed", "lessons"),
    [({"seed": 9}, LESSONS), ({}, replace(LESSONS, answered=LESSONS.answered[:1]))],
    ids=["seed", "lessons"],
)
def test_the_checkpoint_of_another_training_is_not_gone_on_with(
    trainer, tmp_path, caplog, changed, lessons
):
    trainer(batches=1).run(LESSONS, tmp_path)

    trainer(batches=1, **changed).run(lessons, tmp_path)

    assert "belongs to another training" in caplog.text
