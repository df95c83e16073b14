"""A note and the passage that carries its mark are found together."""


def found(mill_assistant, question: str, limit: int = 3) -> list[str]:
    return [passage.text for passage in mill_assistant.search(question, limit=limit).passages]


def test_a_question_for_a_source_finds_the_passage_and_then_its_note(mill_assistant) -> None:
    first, second, *_ = found(mill_assistant, "Which source is cited for the stone of the bridge?")

    assert "stone was taken from the churchyard" in first
    assert second.startswith("Report of the district clerk")


def test_a_note_is_followed_by_the_passage_that_carries_its_mark(mill_assistant) -> None:
    first, second, *_ = found(mill_assistant, "report of the district clerk on walls, box 12")

    assert first.startswith("Report of the district clerk")
    assert "stone was taken from the churchyard" in second


def test_an_ibid_brings_the_note_that_it_points_to(mill_assistant) -> None:
    texts = found(
        mill_assistant,
        "Source: the miller counted sixty sacks, and the council asked for eighty",
    )

    assert "council asked for eighty" in texts[0]
    assert texts[1:] == ["Ibid, sheet 9.", "Minutes of the mill council, sheet 4."]


def test_where_no_source_is_asked_for_a_passage_stands_without_its_notes(mill_assistant) -> None:
    texts = found(mill_assistant, "How many sacks did the council ask for?", limit=2)

    assert "council asked for eighty" in texts[0]
    assert "sheet" not in texts[1]
