"""A small index, an encoder of two layers that knows its words, and lessons of both kinds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from eval.cases import EvidenceSpan
from eval.fitting.asking import KnownLibrary
from eval.fitting.examples import Example, Places
from eval.reader.config import TrainingConfig
from eval.reader.material import Lesson, Lessons, Pair, Passage
from eval.reader.training import Trainer
from index.adapter import Facts, Layer, weights_digest, write_adapter
from index.build import BuildConfig, build
from index.encoder import TOKENIZER_FILE, Precision
from index.model_source import ModelSource, locate
from rag.assistant import Assistant
from rag.features import PASSAGE_FEATURES
from rag.models import WEIGHTS, Judgement, Models
from rag.weights import LogisticModel, load_model
from tests.index.conftest import TEXTS, tiny_exporter

DIMENSION = 16
CONFIG = TrainingConfig(
    batches=12, learning_rate=3e-3, head_rate=3e-2, warm_up=2, threads=1, seed=3
)

ENGINES = (
    "Engines came from abroad until 1926; after that year the works at the river built their own, "
    "slowly and at twice the price."
)
TRACK = "A mile of track cost as much as a school, and it was the school that waited."
SACKS = "The miller counted sixty sacks, and the council asked for eighty."
WEIGHED = (
    "It weighed the seed grain twice and wrote two different figures into its book, and the second "
    "one was believed."
)
COPIES = "The clerks copied every letter three times."
ANSWERED = [
    ("How many sacks did the miller count?", "bread.txt", SACKS),
    ("What did a mile of track cost?", "rails.txt", TRACK),
    ("How many times was every letter copied?", "letters.md", COPIES),
]
PAIRS = [
    ("Who weighed the seed grain?", "Who weighed the narrow paper?", "bread.txt", WEIGHED),
    ("When did engines come from abroad?", "When did letters come?", "rails.txt", ENGINES),
    ("Who copied every letter?", "Who lost every school?", "letters.md", COPIES),
]


def written(question, file, sentence):
    """Give a question as a line of a file of labelled ones has it; without a sentence, a double."""
    at = TEXTS[file].index(sentence) if sentence else 0
    row = {"question": question, "document": file, "start": at, "end": at + max(1, len(sentence))}
    return {**row, "answers": [[at, at + len(sentence)]]} if sentence else row | UNANSWERED


UNANSWERED = {"kind": "near", "answerable": False}


def example(question, file, sentence=""):
    row = written(question, file, sentence)
    span = EvidenceSpan(file, row["start"], row["end"])
    return Example(question, (), ((span,),) if sentence else (), (file,), (span,) * bool(sentence))


EXAMPLES = [example(*row) for row in ANSWERED]
EXAMPLE_PAIRS = [(example(t, file, s), example(d, file)) for t, d, file, s in PAIRS]


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A folder that sentence-transformers opens, with random weights, always the same."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    # Its words are those of the model that the index is built with.
    tiny_exporter(8)(ModelSource("tiny", None, None), folder / "tiny", precision=Precision.F32)
    vocabulary = Tokenizer.from_file(str(folder / "tiny" / TOKENIZER_FILE)).get_vocab()
    (folder / "inner").mkdir()
    BertTokenizerFast(vocab=vocabulary).save_pretrained(folder / "inner")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIMENSION,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=256,
        initializer_range=0.2,
    )
    torch.manual_seed(1)
    BertModel(config).save_pretrained(folder / "inner")
    parts = [Transformer(str(folder / "inner")), Pooling(DIMENSION, pooling_mode="mean")]
    SentenceTransformer(modules=parts, device="cpu").save(str(folder / "whole"))
    return str(folder / "whole")


@pytest.fixture(scope="session")
def adapter(model, tmp_path_factory) -> Path:
    """The file of an adapter for that model."""
    chance = np.random.default_rng(2)
    layer = Layer(
        chance.normal(0, 0.3, (2, DIMENSION)).astype(np.float32),
        chance.normal(0, 0.3, (DIMENSION, 2)).astype(np.float32),
    )
    path = tmp_path_factory.mktemp("adapter") / "tiny.safetensors"
    facts = Facts("tiny", weights_digest(loaded(model)), {})
    write_adapter(path, {"encoder.layer.1.attention.self.query": layer}, facts)
    return path


def loaded(model):
    """Give the transformer of a model as it was published."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(model, device="cpu")[0].auto_model.eval()


@pytest.fixture(scope="session")
def models():
    """Fitted models of which the order of passages alone is asked."""
    unasked = LogisticModel((), np.zeros(0, dtype=np.float32), 0.0)
    judgement = Judgement(unasked, unasked)
    ranking = load_model(WEIGHTS / "ranking.json", PASSAGE_FEATURES)
    return Models(ranking, unasked, unasked, judgement, judgement)


@pytest.fixture(scope="session")
def store(model, adapter, tmp_path_factory):
    """An index of three short books, said to be made with the model and its adapter."""
    return indexed(tmp_path_factory.mktemp("store"), model, adapter)


def indexed(folder, model, adapter):
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    files = [folder / name for name in TEXTS]
    config = BuildConfig(exporter=tiny_exporter(24))
    build(folder / "store", files, model=model, adapter=adapter, config=config)
    return folder / "store"


@pytest.fixture(scope="session")
def library(store, models):
    with Assistant.open(store, models=models) as assistant:
        yield KnownLibrary(assistant, Places(assistant.index.documents))


@pytest.fixture
def trainer(model, adapter, library):
    """Make a trainer with settings of its own."""
    idf = library.assistant.index.tokens.idf

    def make(**changed):
        return Trainer(locate(model, adapter=adapter, readers={}), idf, replace(CONFIG, **changed))

    return make


def passage(*sentences, answers=(), document="bread.txt"):
    right = tuple(i in answers for i in range(len(sentences)))
    return Passage(document, tuple(sentences), right)


GRAIN = passage("The carts stood empty.", "The grain came in March.", answers=[1])
INK = passage("Paper was dear.", "The ink came in winter.")
RAILS = passage("The rails waited.", "A school was built.", "The engines came.")
LESSON = Lesson("When was grain weighed?", (RAILS, GRAIN, INK))
OTHER = Lesson(
    "Who built rails?", (passage("The planners built.", "The rails came.", answers=[0]), INK, RAILS)
)
LESSONS = Lessons((LESSON, OTHER), (Pair(LESSON, "When was ink weighed?"),))
