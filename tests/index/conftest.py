"""A small library of our own writing, and a model of a few kilobytes in place of a real one."""

from __future__ import annotations

import hashlib
import re
import shutil
import zlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index.build import BuildConfig, BuildReport, Exporter, build
from index.encoder import (
    ADAPTER_FILE,
    MODEL_FILE,
    RECORD_FILE,
    TOKENIZER_FILE,
    EncoderRecord,
    OnnxEncoder,
    Pooling,
    Precision,
)
from index.generation import Store
from index.model_source import ModelSource

TEXTS = {
    "bread.txt": (
        "The Bread of the Winter\n\n"
        "In the winter of 1921 the carts stood empty before the mill.<sup>1</sup> The miller "
        "counted sixty sacks, and the council asked for eighty. Nobody in the village could say "
        "where the other twenty were to come from.\n\n"
        "By March the régime had sent a commission. It weighed the seed grain twice and wrote "
        "two different figures into its book, and the second one was believed.\n\n"
        "<sup>1</sup> Minutes of the mill council, sheet 4.\n"
    ),
    "rails.txt": (
        "The Railway and the Plan\n\n"
        "The planners wanted rails before they wanted bread. A mile of track cost as much as a "
        "school, and it was the school that waited.\n\n"
        "Engines came from abroad until 1926; after that year the works at the river built their "
        "own, slowly and at twice the price.\n"
    ),
    "letters.md": (
        "# Letters from the Office\n\n"
        "The clerks copied every letter three times. One copy went to the archive, one to the "
        "commissar, and the third was lost as a rule.\n\n"
        "## On Paper\n\n"
        "Paper was dearer than ink, so the margins grew narrow and the handwriting small.\n"
    ),
}

_PIECES = "abcdefghijklmnopqrstuvwxyz0123456789"


def tiny_exporter(dimension: int) -> Exporter:
    """Give an exporter of a model that knows words by heart and no context.

    The same word has the same vector everywhere, so texts that share words lie close.
    """

    def export(model: ModelSource, folder: Path, *, precision: Precision) -> EncoderRecord:
        folder.mkdir(parents=True, exist_ok=True)
        vocabulary = _vocabulary()
        _tokenizer(vocabulary).save(str(folder / TOKENIZER_FILE))
        onnx.save(_gather(_vectors(vocabulary, dimension)), folder / MODEL_FILE)
        adapter = None if model.adapter is None else model.adapter.record
        if model.adapter is not None:
            shutil.copyfile(model.adapter.path, folder / ADAPTER_FILE)
        facts = f"{model.name} {dimension} {precision} {adapter}"
        record = EncoderRecord(
            name=model.name,
            digest=hashlib.sha256(facts.encode()).hexdigest(),
            source_digest=model.digest,
            dimension=dimension,
            vocabulary_size=len(vocabulary),
            window_tokens=12,
            pooling=Pooling.MEAN,
            precision=precision,
            prefix_ids=(vocabulary["[CLS]"],),
            suffix_ids=(vocabulary["[SEP]"],),
            pad_id=vocabulary["[PAD]"],
            adapter=adapter,
        )
        (folder / RECORD_FILE).write_text(record.to_json(), encoding="utf-8")
        return record

    return export


def _vocabulary() -> dict[str, int]:
    words = sorted({w for text in TEXTS.values() for w in re.findall(r"\w+|[^\w\s]", text.lower())})
    pieces = [*_PIECES, *(f"##{piece}" for piece in _PIECES)]
    signs = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    return {token: i for i, token in enumerate(dict.fromkeys([*signs, *words, *pieces]))}


def _tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def _vectors(vocabulary: dict[str, int], dimension: int) -> np.ndarray:
    seeds = [zlib.crc32(token.encode()) for token in vocabulary]
    rows = [np.random.default_rng(seed).standard_normal(dimension) for seed in seeds]
    return np.stack(rows).astype(np.float32)


def _gather(vectors: np.ndarray) -> onnx.ModelProto:
    sizes = ["texts", "tokens"]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["vectors", "input_ids"], ["looked_up"]),
            helper.make_node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["seen", "last"], ["factor"]),
            helper.make_node("Mul", ["looked_up", "factor"], ["states"]),
        ],
        "words_by_heart",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, sizes),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, sizes),
        ],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, [*sizes, vectors.shape[1]])],
        [
            numpy_helper.from_array(vectors, "vectors"),
            numpy_helper.from_array(np.array([2], dtype=np.int64), "last"),
        ],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=10)


@pytest.fixture(autouse=True)
def _without_waiting_for_the_disk(monkeypatch):
    """Nothing here has to outlive the machine, and a build waits for the disk some thirty times."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture(scope="session")
def exporter() -> Exporter:
    return tiny_exporter(24)


@pytest.fixture(scope="session")
def encoder(exporter, tmp_path_factory) -> OnnxEncoder:
    folder = tmp_path_factory.mktemp("encoder")
    exporter(ModelSource("tiny/words", None, None), folder, precision=Precision.F32)
    return OnnxEncoder.open(folder)


@pytest.fixture
def library(tmp_path) -> Path:
    """A folder with the three texts."""
    folder = tmp_path / "library"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class TinyStore(Store):
    """A store that is built with the tiny model."""

    def __init__(self, path: Path, exporter: Exporter) -> None:
        super().__init__(path)
        self._exporter = exporter

    def index(self, *paths: Path, **options: object) -> BuildReport:
        config = BuildConfig(exporter=self._exporter)
        options = {"model": "tiny/words", "config": config, **options}
        return build(self.path, paths, **options)


@pytest.fixture
def store(tmp_path, exporter) -> TinyStore:
    """A store without an index."""
    return TinyStore(tmp_path / "store", exporter)


@pytest.fixture
def built(store, library) -> TinyStore:
    """A store with an index of the library."""
    store.index(library)
    return store
