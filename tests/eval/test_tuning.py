"""Adapting a model of a few kilobytes with random weights, through peft itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from corpus.document import DocumentId, Kind, PassageId, Span
from eval.cases import EvidenceSpan
from eval.fitting.examples import Example
from eval.tuning.batches import Batch, batches
from eval.tuning.command import tune as command
from eval.tuning.examination import changes
from eval.tuning.losses import (
    MAXSIM_SCALE,
    Vectors,
    answering,
    contrastive,
    cosines,
    passage_similarities,
    sentence_similarities,
    token_cosines,
)
from eval.tuning.material import (
    STRETCH_CHARS,
    Lesson,
    Material,
    fused,
    gather,
    is_kept_out,
)
from eval.tuning.run import Outcome, Task, tune, write_trained
from eval.tuning.sentences import PassageText, lay_out, passage_texts
from eval.tuning.training import Trainer, TrainingConfig
from index.adapter import (
    Facts,
    merge,
    open_adapter,
    read_adapter,
    read_emphasis,
    write_adapter,
)
from index.build import BuildConfig, build
from index.digests import digest_file
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.errors import UnsuitableAdapter
from index.generation import Store
from index.model_source import locate
from index.tokens import PackedTokens, Projection, TokenIndex, TokenWriter
from rag.late_interaction import match_tokens
from tests.index.conftest import tiny_exporter
from tests.tiny_bert import DIMENSION, SIGNS, WORDS, save_tiny_bert

TEXTS = [f"{a} {b} {c}" for a, b, c in zip(WORDS, WORDS[1:], WORDS[2:], strict=False)]
LESSONS = [
    Lesson(f"{WORDS[row]} {WORDS[row + 2]}", "a.txt", (row,), ((row + 1) % len(TEXTS),))
    for row in range(len(TEXTS))
]
CONFIG = TrainingConfig(
    rank=2, alpha=4, learning_rate=1e-2, batch=4, passes=4, half_precision=False, threads=1
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder that sentence-transformers opens."""
    return save_tiny_bert(tmp_path_factory.mktemp("tiny"))


PASSAGES = [PassageText(text, (0,)) for text in TEXTS]


def trainer(model, passages=PASSAGES, idf=None, *, start=None, **changed):
    idf = np.ones(len(SIGNS) + len(WORDS), dtype=np.float32) if idf is None else idf
    source = locate(model, adapter=start or False)
    return Trainer(source, passages, idf, replace(CONFIG, **changed))


def write(one, path):
    facts = Facts(path.stem, one.model.base, {})
    write_adapter(path, one.model.layers(), facts, emphasis=emphasis_of(one))
    return path


def mean_loss(one, lessons=LESSONS):
    plan = one.plan(lessons)
    return sum(one.loss(batch).item() for batch in plan) / len(plan)


def emphasis_of(one):
    return one.model.emphasis.detach().numpy().copy()


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


IDS = [[2, 5, 6, 7, 3]]


def states(transformer):
    import torch

    return transformer(input_ids=torch.tensor(IDS)).last_hidden_state.detach().numpy()


@pytest.fixture
def plain(model):
    """The model as it was published."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(model, device="cpu")[0].auto_model.eval()


def test_the_merged_adapter_does_what_peft_does(model, plain, tmp_path):
    one = trainer(model)
    one.run(LESSONS, tmp_path)
    untouched = states(plain)

    merge(plain, open_adapter(write(one, tmp_path / "tiny.safetensors")))

    assert states(plain) == pytest.approx(states(one.model.transformer), abs=5e-3)
    assert states(plain) != pytest.approx(untouched, abs=5e-2)


@pytest.fixture
def start(model, tmp_path):
    """The file of an adapter that knows the lessons."""
    one = trainer(model, passes=1)
    one.run(LESSONS, tmp_path / "start")
    return write(one, tmp_path / "start.safetensors")


def test_training_goes_on_where_another_adapter_ended(model, start):
    first, second = trainer(model), trainer(model, start=start)

    assert second.model.base == first.model.base
    assert mean_loss(second) < mean_loss(first) - 0.05
    assert emphasis_of(second).tolist() == read_emphasis(start).tolist()


def test_one_file_does_what_the_start_and_the_training_do(model, plain, start, tmp_path):
    one = trainer(model, start=start, rank=3)
    before = states(one.model.transformer)
    one.run(LESSONS, tmp_path)
    whole = write(one, tmp_path / "whole.safetensors")

    merge(plain, open_adapter(whole))

    _, layers = read_adapter(whole)
    assert {layer.thin_in.shape[0] for layer in layers.values()} == {CONFIG.rank + 3}
    assert states(plain) == pytest.approx(states(one.model.transformer), abs=5e-3)
    assert states(plain) != pytest.approx(before, abs=5e-2)
    assert read_emphasis(whole) == pytest.approx(emphasis_of(one), rel=1e-3)


def test_a_start_without_an_emphasis_leaves_weights_as_they_are(model, start):
    facts, layers = read_adapter(start)
    write_adapter(start, layers, facts)

    assert not emphasis_of(trainer(model, start=start)).any()


def test_a_checkpoint_of_another_start_is_not_gone_on_with(model, start, tmp_path, caplog):
    trainer(model).run(LESSONS, tmp_path)

    trainer(model, start=start).run(LESSONS, tmp_path)

    assert "belongs to another training" in caplog.text


def test_a_start_of_another_model_is_refused(model, start):
    facts, layers = read_adapter(start)
    write_adapter(start, layers, replace(facts, base="0" * 64))

    with pytest.raises(UnsuitableAdapter, match="found a model with weights"):
        trainer(model, start=start)


def test_what_was_learnt_of_weights_is_read_back_and_changes_them(trained, tmp_path, model):
    one, found = trained
    run_time = RunTime(one, model, tmp_path / "index")

    emphasis = read_emphasis(write(one, tmp_path / "some.safetensors"))

    for lesson, match in zip(TOLD, found, strict=True):
        weighed = run_time.match(lesson.question, emphasis=emphasis).weights
        assert weighed == pytest.approx(match.weights, abs=1e-3)
        assert weighed != pytest.approx(run_time.match(lesson.question).weights, abs=1e-2)


def test_every_lesson_comes_once_in_a_pass_with_another_mistake():
    lessons = [replace(one, mistaken=(one.answers[0] + 100, 200)) for one in LESSONS]

    plan = list(batches(lessons, [5] * 300, size=4, passes=2, seed=5))

    half = len(plan) // 2
    for part in (plan[:half], plan[half:]):
        assert sorted(q for b in part for q in b.questions) == sorted(x.question for x in LESSONS)
    assert {row for b in plan[half:] for row in b.rows[len(b.questions) :]} == {200}


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


def batch(rows, *told):
    """Make a batch of questions, each with the sentences told of some rows."""
    answers = tuple(frozenset({row, *known}) for row, known in zip(rows, told, strict=False))
    return Batch(tuple("?" * len(told)), tuple(rows), answers, told)


def test_sentences_are_laid_side_by_side():
    passages = [PassageText("of ink. a b", (8, 10)), PassageText("c d", (0, 2))]
    starts = np.array([[0, 0, 3, 8, 10, 0], [0, 0, 2, 0, 0, 0]])
    real = np.array([[0, 1, 1, 1, 1, 0], [0, 1, 1, 0, 0, 0]], dtype=bool)

    laid = lay_out(batch((7, 9), {7: {1}}, {}), passages, starts, real)

    assert laid.of_tokens.tolist() == [[4, 4, 4, 0, 1, 4], [4, 2, 3, 4, 4, 4]]
    assert laid.right.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0]]
    assert laid.own.tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]
    assert laid.counted.all()


def test_a_sentence_that_answers_in_another_passage_is_no_wrong_one():
    passages = [PassageText("a b", (0, 2))] * 3
    starts, real = np.array([[0, 2]] * 3), np.ones((3, 2), dtype=bool)

    laid = lay_out(batch((7, 9, 7), {7: {1}, 9: {0}}), passages, starts, real)

    assert laid.right.tolist() == [[0, 1, 0, 0, 0, 0]]
    assert laid.counted.tolist() == [[1, 1, 0, 1, 1, 0]]


def test_a_sentence_that_was_cut_off_counts_for_nothing():
    passages = [PassageText("a b", (0, 2)), PassageText("c d", (0, 2))]
    starts, real = np.array([[0], [0]]), np.ones((2, 1), dtype=bool)

    laid = lay_out(batch((7, 9), {7: {1}}, {9: {0, 1}}), passages, starts, real)

    assert laid.right.tolist() == [[0, 0, 0, 0], [0, 0, 1, 0]]
    assert laid.own.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
    assert laid.counted.tolist() == [[1, 0, 1, 0]] * 2


def test_sentences_are_found_behind_the_headings(book):
    texts = passage_texts(book.documents)

    begun = [text.text[start:][:25] for text in texts for start in text.sentence_starts]
    assert begun == [sentence[:25] for sentence in SENTENCES]
    assert all(text.sentence_starts[0] > 0 for text in texts)


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


def test_the_emphasis_moves_a_hundred_times_as_fast_as_the_adapter(model, tmp_path):
    one = trainer(model, steps=1)

    one.run(LESSONS, tmp_path)

    # The first step of Adam goes as far as the rate says; thin_out starts at 0.
    scaling = CONFIG.alpha / CONFIG.rank
    steps = [np.abs(layer.thin_out).max() / scaling for layer in one.model.layers().values()]
    assert np.abs(emphasis_of(one)).max() == pytest.approx(100 * max(steps), rel=0.01)


@pytest.mark.parametrize("half_precision", [False, True])
def test_questions_without_told_sentences_are_learnt_from_as_before(model, half_precision):
    settings = {"passages": IN_SENTENCES, "half_precision": half_precision}
    untold = [replace(lesson, told={}) for lesson in TOLD]
    with_it, without = trainer(model, **settings), trainer(model, **settings, sentence_weight=0)

    assert mean_loss(with_it, untold) == mean_loss(without, untold)
    assert mean_loss(with_it, TOLD) > mean_loss(without, TOLD) + 0.1


def test_about_one_stretch_in_ten_is_kept_out_whole():
    kept = [is_kept_out("a.txt", STRETCH_CHARS * i) for i in range(1000)]

    assert 60 < sum(kept) < 140
    assert all(
        is_kept_out("a.txt", STRETCH_CHARS * i + STRETCH_CHARS - 1) == kept[i] for i in range(100)
    )


SENTENCES = [
    f"In the month numbered {i} the clerks counted the carts before the mill, the sacks of seed "
    f"grain and the sheets of dear paper, and wrote {i * 7} into the book of the council."
    for i in range(1, 11)
]
BOOK = next(name for name in ("a.txt", "b.txt", "c.txt") if not is_kept_out(name, 0))


def asked(first, last, answers=(), groups=True):
    """Make an example about some of the book's sentences, of which some may answer."""
    text = " ".join(SENTENCES)
    spans = [EvidenceSpan(BOOK, text.index(s), text.index(s) + len(s)) for s in SENTENCES]
    place = EvidenceSpan(BOOK, spans[first].start, spans[last].end)
    return Example(
        "How many carts came?",
        (),
        ((place,),) if groups else (),
        documents=(BOOK,),
        answers=tuple(spans[i] for i in answers),
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """An index of a book of ten sentences in two passages."""
    folder = tmp_path_factory.mktemp("book")
    (folder / BOOK).write_text(" ".join(SENTENCES), encoding="utf-8")
    config = BuildConfig(exporter=tiny_exporter(24))
    build(folder / "store", [folder / BOOK], model="tiny/words", config=config)
    with Store(folder / "store").open() as index:
        yield index


def quoted(index, row, i):
    (passage,) = index.documents.passages([row])
    return index.documents.document(passage.document).text_slice(*passage.sentences[i])


def test_a_lesson_tells_which_sentences_of_its_passages_answer(book):
    (lesson,) = gather(book, [asked(2, 7, answers=(3, 6))]).training

    told = [quoted(book, row, i) for row in sorted(lesson.told) for i in lesson.told[row]]
    assert sorted(lesson.answers) == sorted(lesson.told) == [0, 1]
    assert told == [SENTENCES[3], SENTENCES[6]]


def test_half_a_sentence_is_enough_to_be_told_of_and_less_is_not(book):
    example = asked(0, 2, answers=(1,))
    (sentence,) = example.answers
    length = sentence.end - sentence.start
    half = replace(sentence, end=sentence.end + length // 2 + 2)
    third = replace(sentence, end=sentence.end + length // 3)

    first, second = gather(
        book, [replace(example, answers=(one,)) for one in (half, third)]
    ).training

    assert first.told == {0: {1, 2}}
    assert second.told == {0: {1}}


def test_a_question_without_told_sentences_tells_of_none(book):
    (lesson,) = gather(book, [asked(0, 2)]).training

    assert lesson.answers == (0,)
    assert lesson.told == {}


def test_a_question_that_nothing_answers_is_no_lesson(book):
    near_miss = asked(0, 2, groups=False)

    assert gather(book, [near_miss]) == Material((), (), ())


def test_fusing_puts_first_what_both_find():
    assert fused([1, 2, 3], [4, 2])[0] == 2


def test_a_change_is_measured_question_by_question():
    lessons = LESSONS[:4]
    before = {"vectors": [[9, 0], [1], [9], [9]]}
    after = {"vectors": [[0], [1], [2], [9]]}

    found = {one.depth: one for one in changes(lessons, before, after)}

    assert (found[1].before, found[1].after) == (0.25, 0.75)
    assert (found[5].before, found[5].after) == (0.5, 0.75)
    assert found[1].difference.low >= 0


@pytest.fixture
def task(model, tmp_path):
    """What ``ibid tune`` is asked for."""
    return Task(
        library=[tmp_path / "library"],
        examples=[],
        out=tmp_path / "mine.safetensors",
        work=tmp_path / "work",
        model=model,
        training=replace(CONFIG, passes=1),
    )


@pytest.fixture
def book_lessons(book):
    return gather(book, [asked(2, 7, answers=(3, 6)), asked(0, 2)]).training


def test_the_file_tells_how_it_was_trained_and_what_it_went_on_from(
    book, book_lessons, task, start
):
    assistant = SimpleNamespace(index=book)
    write_trained(assistant, book_lessons, task)
    alone, _ = read_adapter(task.out)

    write_trained(assistant, book_lessons, replace(task, start=start))

    facts, _ = read_adapter(task.out)
    assert facts.trained_by["start"] == digest_file(start)
    assert (facts.trained_by["questions"], facts.trained_by["sentence_weight"]) == (2, 1.0)
    assert "start" not in alone.trained_by
    assert facts.base == alone.base


@pytest.fixture
def ibid_tune(tmp_path):
    """Run the command over an empty book."""
    app = typer.Typer()
    app.command()(command)
    (tmp_path / "book.txt").write_text("", encoding="utf-8")
    (tmp_path / "questions.jsonl").write_text("", encoding="utf-8")
    places = [tmp_path / "book.txt", tmp_path / "questions.jsonl", "--work", tmp_path / "work"]
    return lambda *words: CliRunner().invoke(app, [str(word) for word in (*places, *words)])


def test_the_adapter_to_go_on_from_is_told_on_the_command_line(ibid_tune, monkeypatch):
    tasks = []

    def run(task, _progress):
        tasks.append(task)
        task.work.mkdir(exist_ok=True)
        return Outcome(0, {}, {})

    monkeypatch.setattr("eval.tuning.run.tune", run)

    codes = [ibid_tune(*words).exit_code for words in ((), ("--start", "scholarly"))]

    assert codes == [0, 0]
    assert [task.start for task in tasks] == [None, Path("scholarly")]


def test_a_start_that_is_missing_is_told_of_before_anything_is_indexed(ibid_tune, tmp_path):
    result = ibid_tune("--start", tmp_path / "none.safetensors")

    assert result.exit_code == 1
    assert "found no such file, expected an adapter" in result.stderr
    assert not (tmp_path / "work").exists()


@pytest.mark.model
def test_a_library_and_questions_become_a_measured_adapter(task, tmp_path):
    paragraphs = [
        f"The {a} stood by the {b} while the {c} was counted in the year {1900 + i}. " * 12
        for i, (a, b, c) in enumerate(zip(WORDS, WORDS[1:], WORDS[2:], strict=False))
    ]
    text = "\n\n".join(paragraphs * 4)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "library" / "b.txt").write_text("Of something else.\n\n" + text, encoding="utf-8")
    examples = [
        Example(
            f"Where was the {word} counted?",
            (),
            ((EvidenceSpan(file, at, at + 700),),),
            documents=(file,),
            answers=(EvidenceSpan(file, at + 300, at + 400),),
        )
        for file in ("a.txt", "b.txt")
        for at in range(0, len(text) - 700, 900)
        for word in WORDS[:2]
    ]
    task = replace(task, examples=examples, unseen=("b.txt",))

    outcome = tune(task)

    assert outcome.trained_on > 0
    assert outcome.examined["unseen"] > 0
    assert {change.way for change in outcome.changes["unseen"]} == {"vectors", "hybrid", "whole"}
    with Store(task.work / "adapted").open() as index:
        assert index.manifest.model.adapter == open_adapter(task.out).record
        assert index.encoder.emphasis.tolist() == read_emphasis(task.out).tolist()
