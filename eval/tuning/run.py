"""Adapts the default encoder to questions over a library, from its files to a measured adapter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from eval.fitting.examples import Example
from eval.tuning.examination import Change, Rankings, changes, rankings
from eval.tuning.material import Lesson, Material, gather
from eval.tuning.sentences import passage_texts
from eval.tuning.training import Trainer, TrainingConfig
from index.adapter import Facts, write_adapter
from index.build import BuildConfig, build
from index.generation import Store
from index.model_source import DEFAULT_MODEL, AdapterChoice, ModelSource, locate
from index.progress import SILENT, Progress
from rag.assistant import Assistant

BASE_STORE = "base"
ADAPTED_STORE = "adapted"
CHECKPOINTS = "training"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be adapted to what."""

    library: Sequence[Path]
    """Files and folders."""
    examples: Sequence[Example]
    out: Path
    """The adapter's file."""
    work: Path
    """A folder for two indexes and for checkpoints, from which an interrupted run goes on."""
    model: str = DEFAULT_MODEL
    start: Path | None = None
    """The adapter to go on from: a file, or the name of one that is shipped."""
    unseen: Sequence[str] = ()
    """Files of the library of which no question is trained on."""
    training: TrainingConfig = field(default_factory=TrainingConfig)
    building: BuildConfig = field(default_factory=BuildConfig)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    trained_on: int
    """Questions."""
    examined: Mapping[str, int]
    """How many questions each part of the examination has."""
    changes: Mapping[str, Sequence[Change]]
    """For each part of the examination."""


def tune(task: Task, progress: Progress = SILENT) -> Outcome:
    """Train an adapter, write it, and measure what it changes.

    Args:
        task: What is to be adapted.
        progress: Told of each stage.

    Raises:
        StoreError: If the library cannot be indexed, or the model or the adapter to go on from
            not be had.
    """
    # A name that was misspelt is told of before an hour of indexing, and not after it.
    _source(task)
    with _indexed(task, BASE_STORE, progress) as assistant:
        progress.start("mine", len(task.examples))
        material = gather(
            assistant.index, task.examples, unseen=task.unseen, done=lambda n: progress.advance(n)
        )
        progress.finish()
        write_trained(assistant, material.training, task, progress)
        before = _examine(assistant, material, progress)
    with _indexed(task, ADAPTED_STORE, progress) as assistant:
        after = _examine(assistant, material, progress)
    parts = _parts(material)
    return Outcome(
        trained_on=len(material.training),
        examined={name: len(lessons) for name, lessons in parts.items()},
        changes={name: changes(some, before[name], after[name]) for name, some in parts.items()},
    )


def write_trained(
    assistant: Assistant, lessons: Sequence[Lesson], task: Task, progress: Progress = SILENT
) -> None:
    """Train an adapter on lessons about an index and write its file."""
    index = assistant.index
    passages = passage_texts(index.documents)
    trainer = Trainer(_source(task), passages, index.tokens.idf, task.training)
    trainer.run(lessons, task.work / CHECKPOINTS, progress)
    model = trainer.model
    facts = Facts(
        name=task.out.stem,
        base=model.base,
        trained_by={
            **asdict(task.training),
            "questions": len(lessons),
            **({} if model.start is None else {"start": model.start.record.digest}),
        },
    )
    write_adapter(task.out, model.layers(), facts, emphasis=model.emphasis.detach().numpy())


def _source(task: Task) -> ModelSource:
    return locate(task.model, adapter=task.start or False)


@contextmanager
def _indexed(task: Task, name: str, progress: Progress) -> Iterator[Assistant]:
    """Index the library without the adapter or with it; what is indexed already is kept."""
    store = task.work / name
    adapter: AdapterChoice = task.out if name == ADAPTED_STORE else False
    # An adapter that was trained anew asks for a new index; a base index is the same for ever.
    rebuild = bool(adapter) and Store(store).current() is not None
    build(
        store,
        task.library,
        model=task.model,
        adapter=adapter,
        rebuild=rebuild,
        progress=progress,
        config=task.building,
    )
    with Assistant.open(store) as assistant:
        yield assistant


def _parts(material: Material) -> dict[str, tuple[Lesson, ...]]:
    parts = {"kept out": material.kept_out, "unseen": material.unseen}
    return {name: lessons for name, lessons in parts.items() if lessons}


def _examine(
    assistant: Assistant, material: Material, progress: Progress
) -> dict[str, Mapping[str, Rankings]]:
    parts = _parts(material)
    progress.start("examine", sum(map(len, parts.values())))
    found = {}
    for name, lessons in parts.items():
        found[name] = rankings(assistant, lessons)
        progress.advance(len(lessons))
    progress.finish()
    return found


def to_json(outcome: Outcome) -> str:
    """Write what came of it as JSON."""
    return json.dumps(asdict(outcome), indent=2) + "\n"
