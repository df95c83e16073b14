"""The reader: its file, its export beside an encoder, and what it makes of a passage."""

from __future__ import annotations

from dataclasses import fields
from itertools import chain

import numpy as np
import pytest

from corpus.document import DocumentId, Kind, PassageId, Span
from index.adapter import Facts, weights_digest, write_adapter
from index.document_tables import StoredPassage
from index.encoder import OnnxEncoder
from index.encoder_export import export
from index.errors import DamagedReader, DamagedStore
from index.model_source import locate
from index.reader import READER_FILE, READER_HEAD_FILE, ReaderHead, open_reader
from index.reader_file import ReaderFacts, ReaderWeights, read_facts, read_weights, write_reader
from tests.tiny_bert import DIMENSION, SIGNS, WORDS, save_tiny_bert

VOCABULARY = len(SIGNS) + len(WORDS)
SENTENCES = ["bread seed grain", "clerk ink", "rail engine carts winter"]


def head(**changed):
    """A head that gives every sentence 0, but for what is changed."""
    plain = ReaderHead(
        prior=np.zeros(VOCABULARY, dtype=np.float32),
        emphasis=np.zeros(DIMENSION, dtype=np.float32),
        sentence=np.zeros(DIMENSION, dtype=np.float32),
        whole=np.zeros(DIMENSION, dtype=np.float32),
        sharpness=np.array(0, dtype=np.float32),
        bias=np.array(0, dtype=np.float32),
    )
    given = {field.name: getattr(plain, field.name) for field in fields(ReaderHead)}
    return given | {name: np.asarray(one, dtype=np.float32) for name, one in changed.items()}


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(DIMENSION, DIMENSION)).astype(np.float32)
    vector = rng.normal(size=DIMENSION).astype(np.float32)
    return ReaderWeights(
        # One of them transposed in memory.
        added={
            "encoder.layer.0.attention.self.query.weight": matrix.T,
            "embeddings.LayerNorm.bias": vector,
        },
        head=head(sharpness=4, sentence=rng.normal(size=DIMENSION), bias=-1),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory, weights):
    """A model, two adapters for it, and a reader that was trained on the first of them."""
    from sentence_transformers import SentenceTransformer

    folder = tmp_path_factory.mktemp("tiny")
    model = save_tiny_bert(folder)
    base = weights_digest(SentenceTransformer(model, device="cpu")[0].auto_model)
    for name in ("own", "other"):
        write_adapter(folder / f"{name}.safetensors", {}, Facts(name, base, {}))
    digest = locate(model, adapter=folder / "own.safetensors").adapter.record.digest
    facts = ReaderFacts("careful", digest, ("mill.txt",), {"batches": 3})
    write_reader(folder / "reader.safetensors", weights, facts)
    return folder, model


def source_of(files, adapter="own"):
    folder, model = files
    readers = {locate(model, adapter=False).name: folder / "reader.safetensors"}
    path = folder / f"{adapter}.safetensors" if adapter else False
    return locate(model, adapter=path, readers=readers)


@pytest.fixture(scope="module")
def exported(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    return folder, export(source_of(files), folder)


@pytest.fixture(scope="module")
def reader(exported):
    folder, _ = exported
    return open_reader(folder, OnnxEncoder.open(folder))


def passage(*sentences):
    text = " ".join(sentences)
    starts = [text.index(sentence) for sentence in sentences]
    return StoredPassage(
        row=0,
        id=PassageId("0"),
        document=DocumentId("mill"),
        start=50,
        end=50 + len(text),
        kind=Kind.BODY,
        section=(),
        page=None,
        text=text,
        sentences=tuple(
            Span(50 + start, 50 + start + len(one))
            for start, one in zip(starts, sentences, strict=True)
        ),
    )


def test_what_was_written_is_read(files, weights):
    read = read_weights(files[0] / "reader.safetensors")

    assert read_facts(files[0] / "reader.safetensors").trained_on == ("mill.txt",)
    assert set(read.added) == set(weights.added)
    for name, added in weights.added.items():
        assert read.added[name] == pytest.approx(added, abs=float(np.abs(added).max()) / 127)
    assert {name: one.tolist() for name, one in read.head.items()} == {
        name: one.tolist() for name, one in weights.head.items()
    }


@pytest.mark.parametrize("contents", [None, b"", b"not a reader"])
def test_a_file_that_is_missing_or_no_reader_is_named(tmp_path, contents):
    path = tmp_path / "broken.safetensors"
    if contents is not None:
        path.write_bytes(contents)

    for read in (read_facts, read_weights):
        with pytest.raises(DamagedReader, match=r"broken.safetensors': found no reader"):
            read(path)


def test_a_reader_comes_with_the_adapter_that_it_was_trained_on_alone(files):
    assert source_of(files).reader == files[0] / "reader.safetensors"
    assert source_of(files, "other").reader is None
    assert source_of(files, None).reader is None


def test_the_record_tells_of_the_reader_and_the_encoder_stays_the_same(files, exported, tmp_path):
    _, record = exported

    without = export(source_of(files, "other"), tmp_path)

    assert (record.reader.name, record.reader.trained_on) == ("careful", ("mill.txt",))
    assert without.reader is None
    assert record.digest == without.digest
    assert open_reader(tmp_path, OnnxEncoder.open(tmp_path)) is None


def log_odds(files, weights, question, sentences):
    """Compute in torch what a reader makes of one input, from its parts."""
    import torch
    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(files[1], device="cpu")
    weights.add_to(loaded[0].auto_model)
    ids = {word: i for i, word in enumerate([*SIGNS, *WORDS])}
    asked = [ids[word] for word in question.split()]
    texts = [[ids[word] for word in one.split()] for one in sentences]
    row = [ids["[CLS]"], *asked, ids["[SEP]"], *chain(*texts), ids["[SEP]"]]
    within = [-1] * (len(asked) + 2) + [i for i, one in enumerate(texts) for _ in one] + [-1]
    with torch.no_grad():
        states = loaded[0].auto_model(input_ids=torch.tensor([row])).last_hidden_state[0].numpy()
    return ReaderHead(**weights.head).log_odds(np.array(asked), states, np.array(within))


def test_question_and_sentences_are_read_in_one_input(files, weights, reader):
    read = reader.read("mill bread", passage(*SENTENCES))

    # The weights of the exported model are stored in eight bits.
    expected = log_odds(files, weights, "mill bread", SENTENCES)
    assert read == pytest.approx(expected, abs=0.3)
    assert np.ptp(expected) > 1
    alone = np.concatenate([reader.read("mill bread", passage(one)) for one in SENTENCES])
    assert np.abs(alone - read).max() > 0.05


def test_a_passage_that_is_too_long_is_read_in_parts(reader):
    sentences = [f"{a} {b} {c}" for a in WORDS[:3] for b in WORDS[3:6] for c in WORDS[6:9]]
    many = passage(*dict.fromkeys(sentences))

    read = reader.read("mill bread", many)

    assert len(read) == len(many.sentences) == 27
    assert np.isfinite(read).all()


def test_a_sentence_and_a_question_that_are_too_long_are_cut(reader):
    long = passage(" ".join(WORDS * 5), "clerk ink")

    assert len(reader.read(" ".join(WORDS * 5), long)) == 2


def test_a_sentence_without_a_token_is_read_too(reader):
    assert np.isfinite(reader.read("mill", passage("\u200b", "clerk ink"))).all()


def test_a_reading_is_remembered_and_cannot_be_changed(reader):
    read = reader.read("mill bread", passage(*SENTENCES))

    assert reader.read("mill bread", passage(*SENTENCES)) is read
    with pytest.raises(ValueError, match="read-only"):
        read[0] = 1


def test_the_head_adds_maxsim_and_what_it_knows_of_sentences_and_whole():
    # Two tokens of a question, the second three times as weighty; two sentences of one token each.
    prior = [0, np.log(3)]
    states = np.array([[1, 1], [1, 0], [0, 2], [5, 0], [3, 0], [0, 4], [1, 1]], dtype=np.float32)
    made = ReaderHead(
        prior=np.array(prior, dtype=np.float32),
        emphasis=np.zeros(2, dtype=np.float32),
        sentence=np.array([0, 0.5], dtype=np.float32),
        whole=np.array([0, 10], dtype=np.float32),
        sharpness=np.array(4, dtype=np.float32),
        bias=np.array(-1, dtype=np.float32),
    )

    odds = made.log_odds(np.array([0, 1]), states, np.array([-1, -1, -1, -1, 0, 1, -1]))

    assert odds == pytest.approx([4 * 0.25 + 10 - 1, 4 * 0.75 + 2 + 10 - 1])


def test_the_emphasis_raises_the_weight_of_a_questions_token():
    states = np.array([[0, 0], [1, 0], [0, 1], [0, 0], [1, 0]], dtype=np.float32)
    within = np.array([-1, -1, -1, -1, 0])
    plain = head(prior=[0, 0], emphasis=[0, 0], sentence=[0, 0], whole=[0, 0], sharpness=1)
    raised = plain | {"emphasis": np.array([np.log(9), 0], dtype=np.float32)}

    given = [
        ReaderHead(**one).log_odds(np.array([0, 1]), states, within) for one in (plain, raised)
    ]

    assert np.concatenate(given) == pytest.approx([0.5, 0.9])


@pytest.mark.parametrize("name", [READER_FILE, READER_HEAD_FILE])
def test_a_damaged_file_of_an_index_is_named(files, tmp_path, name):
    export(source_of(files), tmp_path)
    (tmp_path / name).write_bytes(b"not a model")

    with pytest.raises(DamagedStore, match=name):
        open_reader(tmp_path, OnnxEncoder.open(tmp_path))
