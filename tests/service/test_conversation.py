from __future__ import annotations

import io

import pytest
from rich.console import Console

from service.cli import main
from service.conversation import Conversation

QUESTION = "How many barrels of oil burned in winter?"


@pytest.fixture
def paper() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def conversation(assistant, paper) -> Conversation:
    console = Console(file=paper, width=80, markup=False, highlight=False, emoji=False)
    return Conversation(assistant, console)


def hold(conversation, paper, *lines: str) -> str:
    conversation.hold(io.StringIO("".join(f"{line}\n" for line in lines)), interactive=False)
    return paper.getvalue()


def test_each_line_is_answered(conversation, paper):
    said = hold(conversation, paper, QUESTION, "", "  ")

    assert said.count("412 barrels of oil[^17]") == 1
    assert "[1] E. Instance, Lamps and Oil (1931)" in said


def test_a_follow_up_is_understood_and_shown_so(conversation, paper):
    said = hold(conversation, paper, QUESTION, "And the council?")

    assert f"Understood as: {QUESTION} And the council?" in said


def test_a_new_conversation_remembers_nothing(conversation, paper):
    said = hold(conversation, paper, QUESTION, "/new", "And the council?")

    assert "Understood as" not in said


def test_a_bad_question_does_not_end_it(conversation, paper):
    said = hold(conversation, paper, "x" * 2001, QUESTION)

    assert "found a question of 2,001 characters" in said
    assert "412 barrels" in said


def test_it_ends_when_told_to(conversation, paper):
    assert hold(conversation, paper, "/quit", QUESTION) == ""


def test_what_else_can_be_said_is_told(conversation, paper):
    assert "/new" in hold(conversation, paper, "/help")


def test_a_person_is_greeted_and_may_end_with_the_end_of_input(conversation, paper, monkeypatch):
    lines = iter([QUESTION])

    def typed(_prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", typed)
    conversation.hold(io.StringIO(), interactive=True)

    assert paper.getvalue().startswith("Ask about the library.")
    assert "412 barrels" in paper.getvalue()


def test_the_command_reads_what_is_piped_in(index, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("How many sacks did the miller count?\n"))

    assert main(["chat", "--store", str(index)]) == 0
    assert "[1] H. Token" in capsys.readouterr().out
