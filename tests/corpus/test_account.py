"""Every character of a file is accounted for."""

from dataclasses import replace

from hypothesis import given, settings

from corpus.account import Fate, account_for
from corpus.document import DroppedLine, ReadingReport, Span
from corpus.source_map import SourceMap
from tests.corpus.reading_of import FILLERS, read
from tests.corpus.test_laws import TEXTS


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_account_adds_up_and_nothing_is_lost_without_a_word(text: str) -> None:
    account = account_for(read(text))

    assert account.total == len(text)
    assert account.unknown == ()


def test_each_character_has_its_fate() -> None:
    document = read(
        f"# Wood\n\n{FILLERS[0]} It *failed*.<sup>1</sup>\n\n---\n\n<sup>1</sup> So said he.\n"
    )

    account = account_for(document)

    assert account.characters[Fate.HEADING] == len("Wood")
    assert account.characters[Fate.NOTE] == len("Sosaidhe.")
    assert account.characters[Fate.FURNITURE] == len("---")
    assert account.characters[Fate.SIGN] == len("#") + len("**") + 2 * len("<sup>1</sup>")
    assert account.findable == 1.0


def test_what_is_dropped_is_not_findable_and_what_is_lost_is_not_understood() -> None:
    document = read(f"{FILLERS[0]}\n\n{FILLERS[1]}\n")
    first, second = document.source_spans(0, 20), document.blocks[1]
    dropped = DroppedLine(Span(*first[0]), "", "running head")
    lossy = replace(
        document,
        source_map=SourceMap([(20, 20, second.start - 20)]),
        report=ReadingReport("utf-8", dropped=(dropped,)),
    )

    account = account_for(lossy)

    assert account.characters[Fate.FURNITURE] == 20 - FILLERS[0][:20].count(" ")
    assert account.characters[Fate.UNKNOWN] > 100
    assert account.findable < 0.5
