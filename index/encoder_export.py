"""Exports a sentence-transformers model, once, when an index is built.

This is the only module that loads torch, and it does so inside the functions that need it.
"""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from index.adapter import merge, read_emphasis, weight_parts
from index.digests import digest_file, digest_parts
from index.encoder import (
    ADAPTER_FILE,
    EMPHASIS_FILE,
    MODEL_FILE,
    RECORD_FILE,
    TOKENIZER_FILE,
    EncoderRecord,
    Pooling,
    Precision,
    ReaderRecord,
)
from index.errors import ModelUnavailable, UnsupportedModel
from index.model_source import ModelSource, locate
from index.reader import READER_FILE, READER_HEAD_FILE
from index.reader_file import read_facts, read_weights

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedModel

logger = logging.getLogger(__name__)

# Part of every digest: raise it when the same model would come out with other vectors.
EXPORT_VERSION = "1"

# Models that take more than this at once take it at a cost that grows with the square.
LONGEST_WINDOW_TOKENS = 512

# A protobuf file holds 2 GB at most; the weights of a larger model go into a file beside it.
_LARGEST_SINGLE_FILE_BYTES = 1_500_000_000

_PARTS = ("Transformer", "Pooling", "Normalize")
_INPUTS = ("input_ids", "attention_mask")


def export(
    model: str | ModelSource, folder: Path, *, precision: Precision | str = Precision.F32
) -> EncoderRecord:
    """Export a model so that ``OnnxEncoder.open`` can run it without torch.

    Args:
        model: A name, a folder, or what ``locate`` has found; a name brings along the adapter
            that is shipped for it.
        folder: Where to write; made if need be.
        precision: ``f32`` gives the vectors of sentence-transformers on every machine; ``int8``
            is faster and a quarter of the size, with vectors at a cosine of about 0.99.

    Raises:
        ModelUnavailable: If the model cannot be loaded.
        UnsupportedModel: If it does more than a transformer with mean or first-token pooling.
        UnsuitableAdapter: If its adapter was trained on another model.
        DamagedReader: If its reader's file cannot be understood.
    """
    source = locate(model) if isinstance(model, str) else model
    precision = Precision(precision)
    folder.mkdir(parents=True, exist_ok=True)
    with quiet_libraries():
        loaded = _load(source)
        pooling = _pooling(source.name, loaded)
        if source.adapter is not None:
            merge(_transformer(loaded), source.adapter)
            shutil.copyfile(source.adapter.path, folder / ADAPTER_FILE)
            emphasis = read_emphasis(source.adapter.path)
            if emphasis is not None:
                np.save(folder / EMPHASIS_FILE, emphasis)
        _write_tokenizer(loaded, folder / TOKENIZER_FILE)
        _write_model(loaded, folder / MODEL_FILE)
        if precision is Precision.INT8:
            _quantise(folder / MODEL_FILE)
        record = _record(source, loaded, pooling, precision, folder / TOKENIZER_FILE)
        # Last: it changes the weights.
        if source.reader is not None:
            _write_reader(loaded, source.reader, folder)
    (folder / RECORD_FILE).write_text(record.to_json(), encoding="utf-8")
    logger.info("exported %s to ONNX, %s", source.name, precision)
    return record


def _load(source: ModelSource) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    # Whatever is wrong with a name, a connection or a file arrives as one of these.
    try:
        loaded: SentenceTransformer = SentenceTransformer(source.location, device="cpu")
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise ModelUnavailable(source.name, _first_line(error)) from error
    return loaded


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")


def _pooling(name: str, loaded: SentenceTransformer) -> Pooling:
    parts = [type(part).__name__ for part in loaded]
    if parts[:2] != ["Transformer", "Pooling"] or not set(parts) <= set(_PARTS):
        raise UnsupportedModel(name, ", ".join(parts), ", ".join(_PARTS))
    mode = str(loaded[1].pooling_mode)
    if mode not in set(Pooling):
        raise UnsupportedModel(name, f"{mode} pooling", f"{' or '.join(Pooling)} pooling")
    return Pooling(mode)


def _write_tokenizer(loaded: SentenceTransformer, path: Path) -> None:
    tokenizer = loaded.tokenizer.backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(path))


def _write_model(loaded: SentenceTransformer, path: Path) -> None:
    import torch

    class HiddenStates(torch.nn.Module):
        """The transformer alone, from token ids to the last hidden states."""

        def __init__(self, transformer: torch.nn.Module) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            output = self.transformer(input_ids=input_ids, attention_mask=attention_mask)
            states: torch.Tensor = output.last_hidden_state
            return states

    # Two texts of unlike length: sizes of 1, and masks without a 0, would be taken for constants.
    ids = torch.full((2, 7), 5, dtype=torch.int64)
    mask = torch.ones_like(ids)
    mask[1, 4:] = 0
    sizes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("tokens", max=_window(loaded))}
    torch.onnx.export(
        HiddenStates(_transformer(loaded)).eval(),
        (ids, mask),
        path,
        input_names=list(_INPUTS),
        output_names=["states"],
        dynamic_shapes=(sizes, sizes),
        dynamo=True,
        external_data=_size_bytes(loaded) > _LARGEST_SINGLE_FILE_BYTES,
        verbose=False,
    )


def _write_reader(loaded: SentenceTransformer, path: Path, folder: Path) -> None:
    weights = read_weights(path)
    weights.add_to(_transformer(loaded))
    _write_model(loaded, folder / READER_FILE)
    _quantise(folder / READER_FILE)
    np.savez(folder / READER_HEAD_FILE, allow_pickle=False, **dict(weights.head))


def _transformer(loaded: SentenceTransformer) -> PreTrainedModel:
    return cast("PreTrainedModel", loaded[0].auto_model)


def _size_bytes(loaded: SentenceTransformer) -> int:
    return sum(p.numel() * p.element_size() for p in _transformer(loaded).parameters())


def _quantise(path: Path) -> None:
    # Comes after ``index.encoder``, which has seen to it that onnxruntime reports to nobody.
    from onnxruntime.quantization import (  # type: ignore[import-untyped]
        QuantType,
        quantize_dynamic,
    )

    whole = path.rename(path.with_suffix(".f32.onnx"))
    root = logging.getLogger()
    root.addFilter(_is_not_advice)
    try:
        # By tensor instead of by channel, recall falls from .563 to .522.
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)
    finally:
        root.removeFilter(_is_not_advice)
    whole.unlink()


def _is_not_advice(record: logging.LogRecord) -> bool:
    """Tell the quantiser's advice, which it gives on the root logger, from anything else."""
    return not record.getMessage().startswith("Please consider to run pre-processing")


def _record(
    source: ModelSource,
    loaded: SentenceTransformer,
    pooling: Pooling,
    precision: Precision,
    tokenizer: Path,
) -> EncoderRecord:
    signs = _signs(loaded.tokenizer)
    transformer = _transformer(loaded)
    parts = [EXPORT_VERSION.encode(), pooling.encode(), precision.encode(), tokenizer.read_bytes()]
    return EncoderRecord(
        name=source.name,
        digest=digest_parts([*parts, *weight_parts(transformer)]),
        source_digest=source.digest,
        dimension=int(transformer.config.hidden_size),
        vocabulary_size=max(int(transformer.config.vocab_size), len(loaded.tokenizer)),
        window_tokens=_window(loaded),
        pooling=pooling,
        precision=precision,
        prefix_ids=signs[0],
        suffix_ids=signs[1],
        pad_id=int(loaded.tokenizer.pad_token_id or 0),
        adapter=None if source.adapter is None else source.adapter.record,
        reader=None if source.reader is None else _reader_record(source.reader),
    )


def _reader_record(path: Path) -> ReaderRecord:
    facts = read_facts(path)
    return ReaderRecord(facts.name, digest_file(path), facts.trained_on)


def _window(loaded: SentenceTransformer) -> int:
    """Give the most tokens that the model takes, which may be more than it was tuned on."""
    config = _transformer(loaded).config
    positions = int(getattr(config, "max_position_embeddings", LONGEST_WINDOW_TOKENS))
    if "roberta" in config.model_type or config.model_type == "mpnet":
        # These count positions from the padding sign's id + 1.
        positions -= int(config.pad_token_id) + 1
    return min(positions, LONGEST_WINDOW_TOKENS)


def _signs(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:  # noqa: ANN401
    """Give the ids that a tokenizer puts before and behind every text."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    start = next(i for i in range(len(whole)) if whole[i : i + len(bare)] == bare)
    return tuple(whole[:start]), tuple(whole[start + len(bare) :])


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep the libraries' own progress bars, log lines and known warnings off the terminal."""
    import torch.onnx
    from transformers.utils import logging as transformers_logging

    # Importing torch sets the levels of its loggers, so it has to be in by now. It warns that
    # torchvision is not installed, which nobody needs; the others tell every step they take.
    names = (torch.onnx.__name__, "onnx_ir", "onnxscript", "sentence_transformers")
    levels = {name: logging.getLogger(name).level for name in names}
    bars = transformers_logging.is_progress_bar_enabled()
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            # Both come from torch's exporter: a call it makes that is to go, and axis names that
            # two inputs share, as is meant.
            warnings.filterwarnings("ignore", ".*treespec, LeafSpec.*", FutureWarning)
            warnings.filterwarnings("ignore", "# The axis name: .* will not be used", UserWarning)
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        if bars:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
