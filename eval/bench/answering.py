"""The process whose answers are timed: it loads what a server loads, and nothing of the evaluation.

Run as ``python -m eval.bench.answering STORE ROUNDS`` with questions on standard input as JSON. It
writes a line when it has answered the first one, and the ``Answering`` as JSON at the end.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from eval.bench.memory import Memory, memory
from rag.answer import Answer, SearchResult, Turn
from rag.assistant import Assistant
from rag.errors import RagError

SEED = 1
WALL = "call"
"""What a whole call took, seen from outside; the stages are what the assistant says itself."""

Questions = Sequence[tuple[str, Sequence[Turn]]]
Call = Callable[[str, Sequence[Turn]], Answer | SearchResult]
Times = Mapping[str, Sequence[float]]
"""Milliseconds of every call, by stage."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What was measured."""

    search: Times
    ask: Times
    refused: int
    """Calls that ended in an error, and have no times."""
    opened: Memory | None
    """After the first answer."""
    answered: Memory | None
    """After the last."""


def main(store: str, rounds: str) -> None:
    """Answer, and print what was measured."""
    questions = TypeAdapter(Questions).validate_json(sys.stdin.buffer.read())
    with Assistant.open(Path(store)) as assistant:
        assistant.ask(questions[0][0], history=questions[0][1])
        print("ready", flush=True)  # noqa: T201 - told to the process that waits for it
        if int(rounds):
            measured = measure(assistant, questions, rounds=int(rounds))
            sys.stdout.buffer.write(TypeAdapter(Answering).dump_json(measured))


def measure(assistant: Assistant, questions: Questions, *, rounds: int) -> Answering:
    """Search for every question, then ask every question, in an order of their own each round.

    The assistant keeps no answer, and no question comes twice in a row, so that each call does all
    of its work.
    """
    opened = memory()
    refused = 0
    measured: dict[str, dict[str, list[float]]] = {"search": {}, "ask": {}}
    calls: Mapping[str, Call] = {
        "search": lambda text, history: assistant.search(text, history=history),
        "ask": lambda text, history: assistant.ask(text, history=history),
    }
    for name, call in calls.items():
        for text, history in _shuffled(questions, rounds):
            times = _timed(call, text, history)
            refused += times is None
            for stage, spent in (times or {}).items():
                measured[name].setdefault(stage, []).append(spent)
    return Answering(measured["search"], measured["ask"], refused, opened, memory())


def _shuffled(questions: Questions, rounds: int) -> Iterator[tuple[str, Sequence[Turn]]]:
    chance = random.Random(SEED)
    for _ in range(rounds):
        yield from chance.sample(questions, len(questions))


def _timed(call: Call, text: str, history: Sequence[Turn]) -> dict[str, float] | None:
    before = time.perf_counter()
    try:
        reply = call(text, history)
    except RagError:
        return None
    wall = 1000 * (time.perf_counter() - before)
    stages = {name: spent for name, spent in reply.timings_ms.items() if name != "total"}
    return {WALL: wall, **stages}


if __name__ == "__main__":
    main(*sys.argv[1:])
