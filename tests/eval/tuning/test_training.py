"""Adapting a model of a few kilobytes with random weights, through peft itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corpus.document import DocumentId, Kind, PassageId, Span
from eval.tuning.losses import MAXSIM_SCALE
from eval.tuning.material import Lesson
from eval.tuning.sentences import PassageText
from index.adapter import read_emphasis
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.tokens import PackedTokens, Projection, TokenIndex, TokenWriter
from rag.late_interaction import match_tokens
from tests.eval.tuning.conftest import (
    LESSONS,
    PASSAGES,
    TEXTS,
    emphasis_of,
    mean_loss,
    trainer,
    write,
)
from tests.tiny_bert import DIMENSION, SIGNS, WORDS


def test_training_makes_the_loss_smaller(model, tmp_path):
    one = trainer(model)
    before = mean_loss(one)

    one.run(LESSONS, tmp_path)

    assert mean_loss(one) < 0.9 * before


def test_the_same_seed_gives_the_same_adapter(model, tmp_path):
    first, second = trainer(model), trainer(model)
    first.run(LESSONS, tmp_path / "first")
    second.run(LESSONS, tmp_path / "second")

    layers = second.model.layers()
    for name, layer in first.model.layers().items():
        assert np.array_equal(layer.thin_in, layers[name].thin_in)
        assert np.array_equal(layer.thin_out, layers[name].thin_out)
    assert np.array_equal(emphasis_of(first), emphasis_of(second))
    assert emphasis_of(first).any()


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


def test_an_interrupted_training_goes_on_to_the_same_end(model, tmp_path):
    settings = {"steps_between_checkpoints": 2}
    whole = trainer(model, **settings)
    whole.run(LESSONS, tmp_path / "whole")
    with pytest.raises(Interrupted):
        trainer(model, **settings).run(LESSONS, tmp_path / "broken", StopsAfter(5))
    resumed = trainer(model, **settings)

    resumed.run(LESSONS, tmp_path / "broken")

    expected = whole.model.layers()
    for name, layer in resumed.model.layers().items():
        assert layer.thin_out == pytest.approx(expected[name].thin_out, abs=1e-6)
    assert emphasis_of(resumed) == pytest.approx(emphasis_of(whole), abs=1e-5)


def test_the_checkpoint_of_another_training_is_not_gone_on_with(model, tmp_path, caplog):
    trainer(model).run(LESSONS, tmp_path)

    trainer(model, seed=6).run(LESSONS, tmp_path)

    assert "belongs to another training" in caplog.text


def test_a_checkpoint_of_another_start_is_not_gone_on_with(model, start, tmp_path, caplog):
    trainer(model).run(LESSONS, tmp_path)

    trainer(model, start=start).run(LESSONS, tmp_path)

    assert "belongs to another training" in caplog.text


HEADING = "grain seed"
THREES = [
    [" ".join(WORDS[(i + step + k) % len(WORDS)] for k in (0, 1)) for step in (0, 3, 6)]
    for i in range(6)
]
"""Passages of three sentences of two words."""


def stored(row):
    text = ". ".join(THREES[row])
    starts = [text.index(sentence) for sentence in THREES[row]]
    spans = [Span(at, at + len(s)) for at, s in zip(starts, THREES[row], strict=True)]
    return StoredPassage(
        row=row,
        id=PassageId(str(row)),
        document=DocumentId("d"),
        start=0,
        end=len(text),
        kind=Kind.BODY,
        section=(HEADING,),
        page=None,
        text=text,
        sentences=tuple(spans),
    )


SHIFT = len(HEADING) + 2
IN_SENTENCES = [
    PassageText(f"{HEADING}. {one.text}", tuple(SHIFT + start for start, _ in one.sentences))
    for one in map(stored, range(len(THREES)))
]
TOLD = [
    # The question's words stand in no sentence of the passage: which one answers is to be learnt.
    Lesson(
        f"{WORDS[(i + 9) % len(WORDS)]} {WORDS[(i + 11) % len(WORDS)]}",
        "a.txt",
        (i,),
        (),
        {i: frozenset({i % 3})},
    )
    for i in range(len(THREES))
]


class RunTime:
    """Passages of three sentences, stored and compared with questions as an index does it."""

    def __init__(self, one, model, folder):
        from tokenizers import Tokenizer

        folder.mkdir()
        self._model = one.model.transformer
        self._tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
        size = len(SIGNS) + len(WORDS)
        with TokenWriter(folder, Projection.none(DIMENSION), vocabulary_size=size) as writer:
            for passage in IN_SENTENCES:
                found = self._encode(passage.text)
                packed = PackedTokens.pack(found.tokens[0], found.token_ids[0], found.offsets[0])
                writer.add(packed.moved(SHIFT, len(passage.text) - SHIFT))
        self.tokens = TokenIndex(folder)

    def match(self, question, **options):
        passages = [stored(row) for row in range(len(THREES))]
        return match_tokens(self._encode(question), self.tokens, passages, **options)

    def _encode(self, text):
        import torch

        made = self._tokenizer.encode(text)
        ids = torch.tensor([made.ids])
        states = self._model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        # Without the signs at both ends.
        tokens = torch.nn.functional.normalize(states[0, 1:-1], dim=1).detach().numpy()
        offsets = np.array(made.offsets[1:-1], dtype=np.int32)
        token_ids = np.array(made.ids[1:-1], dtype=np.int32)
        return Encoded(tokens[:1], (tokens,), (token_ids,), (offsets,))


def share_lost(scores, right):
    """Compute the cross entropy of one question in the plain way."""
    shares = np.exp(MAXSIM_SCALE * (scores - scores.max()))
    return -np.log(shares[right] / shares.sum())


@pytest.fixture(scope="module")
def idf(model, tmp_path_factory):
    """How rare every word is in the passages of three sentences."""
    return RunTime(trainer(model), model, tmp_path_factory.mktemp("untrained") / "index").tokens.idf


@pytest.fixture(scope="module")
def trained(model, idf, tmp_path_factory):
    """A trainer that has learnt something, and how an index with what it learnt finds answers."""
    folder = tmp_path_factory.mktemp("trained")
    one = trainer(model, IN_SENTENCES, idf, batch=len(TOLD), passes=8)
    one.run(TOLD, folder)
    return one, matches(one, model, folder / "index")


def matches(one, model, folder):
    run_time = RunTime(one, model, folder)
    return [run_time.match(x.question, emphasis=emphasis_of(one)) for x in TOLD]


def test_sentences_are_compared_as_at_run_time(trained):
    one, found = trained
    expected = []
    for i, match in enumerate(found):
        own = match.weights @ match.of(i)
        among_all = share_lost(match.sentence_scores(), 3 * i + i % 3)
        expected.append(among_all + 0.5 * share_lost(own, i % 3))

    # Stored vectors are rounded to a byte a number.
    assert part_of_loss(one, "sentence_weight") == pytest.approx(np.mean(expected), abs=0.05)


def test_passages_are_compared_as_at_run_time(trained):
    one, found = trained
    expected = [share_lost(match.passage_scores(), i) for i, match in enumerate(found)]

    assert part_of_loss(one, "maxsim_weight") == pytest.approx(np.mean(expected), abs=0.05)


def test_what_was_learnt_of_weights_is_read_back_and_changes_them(trained, tmp_path, model):
    one, found = trained
    run_time = RunTime(one, model, tmp_path / "index")

    emphasis = read_emphasis(write(one, tmp_path / "some.safetensors"))

    for lesson, match in zip(TOLD, found, strict=True):
        weighed = run_time.match(lesson.question, emphasis=emphasis).weights
        assert weighed == pytest.approx(match.weights, abs=1e-3)
        assert weighed != pytest.approx(run_time.match(lesson.question).weights, abs=1e-2)


def part_of_loss(one, weight):
    """Give what one of the losses has a share in of the whole."""
    (batch, *_) = one.plan(TOLD)
    whole, config = one.loss(batch).item(), one.config
    one.config = replace(config, **{weight: 0})
    without = one.loss(batch).item()
    one.config = config
    return whole - without


def test_training_finds_the_sentence_that_answers(model, idf, tmp_path):
    settings = {"batch": len(TOLD), "passes": 200, "rank": 8, "maxsim_weight": 0}
    one = trainer(model, IN_SENTENCES, idf, **settings)
    loss_before = part_of_loss(one, "sentence_weight")
    before = matches(one, model, tmp_path / "before")

    one.run(TOLD, tmp_path)

    right = [3 * i + i % 3 for i in range(len(TOLD))]
    after = matches(one, model, tmp_path / "after")
    assert part_of_loss(one, "sentence_weight") < 0.1 * loss_before
    assert [int(match.sentence_scores().argmax()) for match in before] != right
    assert [int(match.sentence_scores().argmax()) for match in after] == right


def test_a_word_of_every_question_comes_to_weigh_less(model, idf, tmp_path):
    telling = [word for word in WORDS[: len(TEXTS)] if word != "plan"]
    lessons = [Lesson(f"plan {w}", "a.txt", (WORDS.index(w),), ()) for w in telling]
    one = trainer(model, PASSAGES, idf, batch=10, passes=30)

    one.run(lessons, tmp_path)

    run_time = RunTime(one, model, tmp_path / "index")
    before, after = (
        np.mean([run_time.match(lesson.question, emphasis=e).weights[0] for lesson in lessons])
        for e in (None, emphasis_of(one))
    )
    assert after < 0.75 * before


@pytest.mark.parametrize("half_precision", [False, True])
def test_questions_without_told_sentences_are_learnt_from_as_before(model, half_precision):
    settings = {"passages": IN_SENTENCES, "half_precision": half_precision}
    untold = [replace(lesson, told={}) for lesson in TOLD]
    with_it, without = trainer(model, **settings), trainer(model, **settings, sentence_weight=0)

    assert mean_loss(with_it, untold) == mean_loss(without, untold)
    assert mean_loss(with_it, TOLD) > mean_loss(without, TOLD) + 0.1
