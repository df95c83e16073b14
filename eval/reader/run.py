"""Makes a reader of the encoder of an index: from questions to a file that has been examined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from eval.fitting.asking import KnownLibrary
from eval.fitting.examples import Example
from eval.reader.config import TrainingConfig
from eval.reader.errors import NoAdapter, NothingToLearn
from eval.reader.examination import Marks, examine, examined
from eval.reader.material import ExamplePair, Lessons, Material, gather
from eval.reader.model import ReaderModel
from eval.reader.training import Trainer
from index.adapter import Adapter
from index.encoder import ADAPTER_FILE, ENCODER_FOLDER
from index.generation import Index
from index.model_source import ModelSource, locate
from index.progress import SILENT, Progress
from index.reader_file import ReaderFacts, read_weights, write_reader


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be learnt from, and where it is written."""

    answered: Sequence[Example]
    """Questions with the sentences that answer."""
    pairs: Sequence[ExamplePair]
    """Such questions, and questions like them that nothing answers."""
    out: Path
    """The reader's file."""
    work: Path
    """A folder for checkpoints, from which an interrupted training goes on."""
    without: Sequence[str] = ()
    """Files that are kept out of training; the reader is examined on them."""
    training: TrainingConfig = field(default_factory=TrainingConfig)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    answered: int
    """Answered questions that were learnt from."""
    pairs: int
    examined: Mapping[str, int]
    """What each measure is taken of."""
    before: Marks
    after: Marks
    """Of the reader as its file has it."""


def train(task: Task, library: KnownLibrary, progress: Progress = SILENT) -> Outcome:
    """Train a reader, write it, and examine it on the documents that were kept out.

    Args:
        task: What is to be learnt.
        library: Is asked the questions; its encoder is what the reader is made of.
        progress: Told of each stage.

    Raises:
        NoAdapter: If that encoder has no adapter.
        NothingToLearn: If no question is left to learn from.
        UnknownDocument: If a file that is to be kept out is not in the library.
        StoreError: If the encoder's model cannot be had.
    """
    index = library.assistant.index
    source, adapter = _encoder_of(index)
    material = _gather(task, library, progress)
    trainer = Trainer(source, index.tokens.idf, task.training)
    before = _examine(trainer.model, material.kept_out, progress)
    trainer.run(material.training, task.work, progress)
    _write(task, trainer.model, material.training, adapter)
    # What is examined is what was written, which has fewer digits.
    trainer.model.become(read_weights(task.out))
    return Outcome(
        answered=len(material.training.answered),
        pairs=len(material.training.pairs),
        examined=examined(material.kept_out),
        before=before,
        after=_examine(trainer.model, material.kept_out, progress),
    )


def _encoder_of(index: Index) -> tuple[ModelSource, Adapter]:
    """Find the model and the adapter that an index was built with."""
    record = index.encoder.record
    if record.adapter is None:
        raise NoAdapter(index.folder)
    kept = index.folder / ENCODER_FOLDER / ADAPTER_FILE
    source = locate(record.name, adapter=kept, readers={})
    assert source.adapter is not None, "an adapter that is asked for is found"
    return source, source.adapter


def _gather(task: Task, library: KnownLibrary, progress: Progress) -> Material:
    progress.start("ask", len(task.answered) + len(task.pairs))
    material = gather(
        library,
        task.answered,
        task.pairs,
        without=task.without,
        done=lambda: progress.advance(1),
    )
    progress.finish()
    if not len(material.training):
        raise NothingToLearn
    return material


def _examine(model: ReaderModel, lessons: Lessons, progress: Progress) -> Marks:
    progress.start("examine", len(lessons))
    marks = examine(model.log_odds, lessons, done=lambda: progress.advance(1))
    progress.finish()
    return marks


def _write(task: Task, model: ReaderModel, lessons: Lessons, adapter: Adapter) -> None:
    facts = ReaderFacts(
        name=task.out.stem,
        adapter=adapter.record.digest,
        trained_on=lessons.documents,
        trained_by={
            **asdict(task.training),
            "answered_questions": len(lessons.answered),
            "question_pairs": len(lessons.pairs),
        },
    )
    write_reader(task.out, model.weights(), facts)
