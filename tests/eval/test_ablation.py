"""Parts are switched off one at a time, and all are on again afterwards."""

from __future__ import annotations

import pytest

from eval.ablation import MEASURES, VARIANTS, Variant, ablate, as_markdown, without
from eval.cases import Case, EvidenceSpan
from eval.library import Library
from rag.answer import Turn
from rag.assistant import Assistant
from rag.parts import ALL_PARTS, Parts
from tests.rag.conftest import MILL, mill_assistant  # noqa: F401 - a fixture

STONE = MILL.index("It was built twice")


def case(question: str, history: tuple[Turn, ...] = ()) -> Case:
    span = EvidenceSpan("mill.txt", STONE, STONE + 60)
    return Case(
        id="stone",
        file="cases",
        kind="fact",
        style="natural",
        question=question,
        history=history,
        answerable=True,
        answer="",
        facts=(("churchyard wall",),),
        evidence=((span,),),
        footnotes=(),
        conflict=False,
        documents=("mill.txt",),
    )


def test_a_part_that_is_needed_is_missed(mill_assistant: Assistant) -> None:  # noqa: F811
    history = (Turn("user", "How was the bridge built of stone at night?"),)
    library = Library(mill_assistant.index.documents, folders=())
    variants = [Variant("follow-ups", Parts(follow_ups=False)), Variant("nothing")]

    whole, (follow_ups, nothing) = ablate(
        mill_assistant, [case("And chalk?", history)], library=library, variants=variants
    )

    assert whole["r@1"] == 1.0
    assert follow_ups.changes[0].change == -1.0
    assert [change.change for change in nothing.changes] == [0.0] * len(MEASURES)


def test_afterwards_all_parts_are_on_again(mill_assistant: Assistant) -> None:  # noqa: F811
    models = mill_assistant.models
    library = Library(mill_assistant.index.documents, folders=())

    ablate(mill_assistant, [case("the bridge of stone")], library=library, variants=VARIANTS[:2])

    assert (mill_assistant.models, mill_assistant.parts) == (models, ALL_PARTS)


def test_every_variant_leaves_out_features_that_there_are(mill_assistant: Assistant) -> None:  # noqa: F811
    for variant in VARIANTS:
        left = without(mill_assistant.models.ranking, variant.without)

        assert sum(left.weights == 0) >= len(variant.without)


def test_a_feature_that_there_is_not_is_refused(mill_assistant: Assistant) -> None:  # noqa: F811
    with pytest.raises(ValueError, match="colour"):
        without(mill_assistant.models.ranking, ["colour"])


def test_the_table_has_a_row_for_each_part(mill_assistant: Assistant) -> None:  # noqa: F811
    library = Library(mill_assistant.index.documents, folders=())
    whole, ablations = ablate(
        mill_assistant, [case("the bridge of stone")], library=library, variants=VARIANTS[:3]
    )

    rows = as_markdown(whole, ablations).splitlines()

    assert len(rows) == 3 + 3
    assert {row.count("|") for row in rows} == {2 + 2 * len(MEASURES)}
