"""Puts load on a server of its own on loopback, and says how it bore it.

    python scripts/load.py STORE                       # 64 connections for 60 s, questions alone
    python scripts/load.py STORE --requests 20000      # all kinds of requests; is memory flat?

Fails when a request did, when the 99th percentile is ten times the median or more, or, with
``--requests``, when memory grew by 5% or more from the first tenth of them to the last.
Wants Locust, which nothing else here needs: ``pip install 'locust>=2.47,<3'``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
from locust import FastHttpUser, constant, task
from locust.env import Environment

CASES = Path(__file__).parents[1] / "eval" / "cases" / "sample.jsonl"
KINDS = ("ask", "search", "stream", "chat", "chat-stream", "documents", "view")
MOST_TIMES_THE_MEDIAN = 10
MOST_GROWTH = 0.05
TENTHS = 10
PATIENCE_SECONDS = 60


class Reader(FastHttpUser):
    """Asks one question after the other, without a pause, over a connection that stays open."""

    wait_time = constant(0)
    questions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("ask",)

    @task
    def turn(self) -> None:
        """Send one request of a kind that is chosen by lot, and read the reply to its end."""
        kind, question = random.choice(self.kinds), random.choice(self.questions)
        chat = {"model": "ibid", "messages": [{"role": "user", "content": question}]}
        bodies = {
            "ask": ("/v1/ask", {"question": question}),
            "search": ("/v1/search", {"query": question}),
            "stream": ("/v1/ask", {"question": question, "stream": True}),
            "chat": ("/v1/chat/completions", chat),
            "chat-stream": ("/v1/chat/completions", {**chat, "stream": True}),
        }
        if kind in bodies:
            path, body = bodies[kind]
            self.client.post(path, json=body, name=kind)
        elif kind == "documents":
            self.client.get("/v1/documents", name=kind)
        else:
            self.client.get(f"/view?document={self.document}&start=0&end=80", name=kind)

    def on_start(self) -> None:
        """Learn the name of a document."""
        with self.rest("GET", "/v1/documents", name="documents") as reply:
            self.document = reply.js["documents"][0]["id"]


class Server:
    """A server of this project in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until it says where it listens."""
        self._process = process
        assert process.stderr is not None
        found = re.search(r"http://\S+", process.stderr.readline())
        if found is None:
            raise SystemExit("the server did not start; run 'ibid serve' to see why")
        self.address = found.group()

    @property
    def memory_megabytes(self) -> float:
        """Give what it takes of the machine's memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        return int(re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[0]) / 1000


@contextmanager
def serving(store: Path) -> Iterator[Server]:
    """Serve a store until the block ends."""
    command = [sys.executable, "-m", "service", "serve", "--store", str(store), "--port", "0"]
    environ = {**os.environ, "IBID_RATE_PER_MINUTE": "0", "IBID_KEYS": os.devnull + ".none"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as process:
        try:
            yield Server(process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)


def main(arguments: list[str]) -> int:
    """Put load on a server; print figures, and what is not as it should be."""
    given = _parse(arguments)
    Reader.questions = tuple(
        json.loads(line)["question"] for line in given.cases.read_text("utf-8").splitlines()
    )
    Reader.kinds = KINDS if given.requests else ("ask",)
    with serving(given.store) as server:
        environment = Environment(user_classes=[Reader], host=server.address)
        runner = environment.create_local_runner()
        runner.start(given.connections, spawn_rate=given.connections)
        memory = _wait(environment, server, given)
        runner.quit()
    faults = _report(environment, memory, given)
    for fault in faults:
        sys.stderr.write(f"found {fault}\n")
    return 1 if faults else 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("store", type=Path)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--requests", type=int, help="stop after so many, in place of seconds")
    parser.add_argument("--cases", type=Path, default=CASES, help="whose questions are asked")
    return parser.parse_args(arguments)


def _wait(environment: Environment, server: Server, given: argparse.Namespace) -> list[float]:
    """Wait to the end; give the memory after each tenth of the requests, in megabytes."""
    if not given.requests:
        gevent.sleep(given.seconds)
        return []
    memory = []
    for tenth in range(1, TENTHS + 1):
        while environment.stats.total.num_requests < given.requests * tenth / TENTHS:
            gevent.sleep(0.05)
        memory.append(server.memory_megabytes)
        sys.stdout.write(f"after {environment.stats.total.num_requests}: {memory[-1]:.1f} MB\n")
    return memory


def _report(environment: Environment, memory: list[float], given: argparse.Namespace) -> list[str]:
    faults = []
    for stats in (*environment.stats.entries.values(), environment.stats.total):
        p50, p95, p99 = (stats.get_response_time_percentile(share) for share in (0.5, 0.95, 0.99))
        sys.stdout.write(
            f"{stats.name}: {stats.num_requests} requests, {stats.num_failures} failed; "
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms\n"
        )
        # Requests of different kinds take their different times; only one kind has a median.
        if len(Reader.kinds) == 1 and stats.name in Reader.kinds:
            sys.stdout.write(f"p99 is {p99 / p50:.1f} times p50\n")
            if p99 >= MOST_TIMES_THE_MEDIAN * p50:
                faults.append("p99 too far from p50")
    total = environment.stats.total
    seconds = (total.last_request_timestamp or 0) - total.start_time
    sys.stdout.write(
        f"{given.connections} connections, {seconds:.0f} s, {total.num_requests / seconds:.1f} "
        "requests a second\n"
    )
    faults += [f"{e.occurrences} x {e.name}: {e.error}" for e in environment.stats.errors.values()]
    if memory:
        growth = memory[-1] / memory[0] - 1
        sys.stdout.write(f"memory grew by {growth:+.1%} after the first tenth\n")
        if growth >= MOST_GROWTH:
            faults.append(f"memory that grew by {growth:.1%}, expected less than {MOST_GROWTH:.0%}")
    return faults


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
