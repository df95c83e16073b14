from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from service.control_characters import clean, one_line


@given(st.text())
def test_no_control_character_but_line_breaks_and_tabs_is_left(text):
    left = {letter for letter in clean(text) if unicodedata.category(letter) == "Cc"}

    assert left <= {"\n", "\t"}


@given(st.text())
def test_the_length_stays_so_that_offsets_hold(text):
    assert len(clean(text)) == len(text)


@given(st.text())
def test_a_message_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1


def test_an_escape_sequence_becomes_visible_text():
    assert clean("a\x1b[31mred\x9b0m") == "a�[31mred�0m"


def test_the_lines_of_a_message_are_parted_by_semicolons():
    assert one_line("cases.jsonl:1: no id\n\n  cases.jsonl:2:  no\tid\n") == (
        "cases.jsonl:1: no id; cases.jsonl:2: no id"
    )
