"""Measures a store and the machine it stands on, each figure in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from eval.bench.answering import Answering, Times
from eval.bench.indexing import Indexing
from eval.bench.memory import Memory
from eval.bench.questions import Question
from eval.bench.spread import Spread, spread
from eval.circumstances import describe
from eval.errors import ProcessFailed
from eval.result import Circumstances
from index.generation import Store
from index.progress import SILENT, Progress

Measured = TypeVar("Measured")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be measured."""

    store: Path
    questions: tuple[Question, ...]
    rounds: int = 3
    """How often each question is searched for, and asked."""
    starts: int = 5
    library: tuple[Path, ...] = ()
    """What is indexed anew; nothing if empty."""
    question_files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on beside the program."""

    processors: int
    """That this process may use."""
    load: float | None
    """Programs that wanted a processor in the minute before; 0 on a quiet machine."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What was measured."""

    circumstances: Circumstances
    machine: Machine
    questions: int
    refused: int
    """Calls that ended in an error, and are not among the times."""
    search: Mapping[str, Spread]
    """By stage, in milliseconds; ``call`` is the whole."""
    ask: Mapping[str, Spread]
    cold_start: Spread
    """From starting a process to its first answer, in milliseconds."""
    opened: Memory | None
    """After the first answer."""
    answered: Memory | None
    """After the last."""
    indexing: Indexing | None


def run(task: Task, progress: Progress = SILENT) -> Bench:
    """Measure.

    Raises:
        StoreError: If the store cannot be opened.
        ProcessFailed: If a process that was to be measured came to grief.
    """
    store = Store(task.store)
    manifest = store.manifest()
    machine = _machine()
    progress.start("Starting", task.starts)
    starts = []
    for _ in range(task.starts):
        starts.append(_cold_start(task))
        progress.advance(1)
    progress.finish()
    progress.start(f"Asking {len(task.questions)} questions", None)
    answering = _measured(Answering, _answering(task, task.rounds), task.questions)
    progress.finish()
    indexing = None
    if task.library:
        progress.start("Indexing", None)
        indexing = _measured(Indexing, _indexing(task, manifest.model.name), ())
        progress.finish()
    return Bench(
        circumstances=describe(
            settings={"rounds": task.rounds, "starts": task.starts},
            manifest=manifest,
            case_files=task.question_files,
        ),
        machine=machine,
        questions=len(task.questions),
        refused=answering.refused,
        search=_spreads(answering.search),
        ask=_spreads(answering.ask),
        cold_start=spread(starts),
        opened=answering.opened,
        answered=answering.answered,
        indexing=indexing,
    )


def _machine() -> Machine:
    usable = getattr(os, "sched_getaffinity", None)
    processors = len(usable(0)) if usable else os.cpu_count() or 1
    return Machine(processors, os.getloadavg()[0] if hasattr(os, "getloadavg") else None)


def _spreads(times: Times) -> dict[str, Spread]:
    return {stage: spread(spent) for stage, spent in times.items()}


def _answering(task: Task, rounds: int) -> list[str]:
    return [sys.executable, "-m", "eval.bench.answering", str(task.store), str(rounds)]


def _indexing(task: Task, model: str) -> list[str]:
    return [sys.executable, "-m", "eval.bench.indexing", model, *map(str, task.library)]


def _cold_start(task: Task) -> float:
    """Give the milliseconds from starting a process to its first answer."""
    command = _answering(task, rounds=0)
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(_written(task.questions[:1]))
        process.stdin.close()
        ready = process.stdout.readline()
        spent = 1000 * (time.perf_counter() - started)
    if not ready or process.returncode:
        raise ProcessFailed(command, process.returncode)
    return spent


def _measured(
    kind: type[Measured], command: Sequence[str], questions: Sequence[Question]
) -> Measured:
    """Run a process that measures itself."""
    done = subprocess.run(command, input=_written(questions), stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise ProcessFailed(command, done.returncode)
    return TypeAdapter(kind).validate_json(done.stdout.removeprefix(b"ready\n"))


def _written(questions: Sequence[Question]) -> bytes:
    asked = [(question.text, question.history) for question in questions]
    return TypeAdapter(Sequence[object]).dump_json(asked)
