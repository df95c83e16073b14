"""A conversation in the terminal: one question after the other, each answered as ``ask`` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TextIO

from rich.console import Console
from rich.text import Text

from rag.answer import Turn
from rag.errors import RagError
from service.control_characters import one_line
from service.library import OpenAssistant
from service.terminal import show_answer

PROMPT = "? "
TURNS = 20
"""How far back a follow-up may lean."""

GREETING = "Ask about the library. /new begins afresh, /help says what else, Ctrl-D ends."
HELP = (
    "A question that leans on the one before it, such as “And in 1923?”, is understood so.\n"
    "/new    forget what was asked\n"
    "/quit   end, as Ctrl-D does"
)
LEAVING = frozenset({"/quit", "/exit", "/q"})


class Conversation:
    """Remembers what was said, and prints each answer."""

    def __init__(self, assistant: OpenAssistant, console: Console) -> None:
        """Begin with nothing said.

        Args:
            assistant: Who answers.
            console: Where answers are printed.
        """
        self._assistant = assistant
        self._console = console
        self._history: list[Turn] = []

    def hold(self, lines: TextIO, *, interactive: bool) -> None:
        """Answer line after line until there is none, or one says to stop.

        Args:
            lines: Where questions come from.
            interactive: Whether a person types them, who is greeted and shown a prompt.
        """
        if interactive:
            self._console.print(Text(GREETING, style="dim"))
        for line in _prompted() if interactive else lines:
            said = line.strip()
            if said in LEAVING:
                break
            if said:
                self.say(said)

    def say(self, said: str) -> None:
        """Answer one line: a question, or a command that begins with a slash."""
        if said == "/new":
            self._history.clear()
            self._console.print(Text("What was said is forgotten.", style="dim"))
        elif said.startswith("/"):
            self._console.print(Text(HELP, style="dim"))
        else:
            self._ask(said)

    def _ask(self, question: str) -> None:
        try:
            answer = self._assistant.ask(question, history=tuple(self._history[-TURNS:]))
        except RagError as error:
            # A question that cannot be asked ends neither the conversation nor what it remembers.
            self._console.print(Text(one_line(str(error)), style="yellow"))
            return
        self._history += [Turn("user", question), Turn("assistant", answer.answer)]
        self._console.print()
        if answer.query != question:
            self._console.print(Text(f"Understood as: {one_line(answer.query)}\n", style="dim"))
        show_answer(self._console, answer)
        self._console.print()


def _prompted() -> Iterable[str]:
    """Read lines from a person, who may edit them and call up earlier ones."""
    with suppress(ImportError):
        # Its import alone gives ``input`` a memory; not every system has it.
        import readline  # noqa: F401
    return _typed()


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            return
