from __future__ import annotations

from dataclasses import replace

from eval.tuning.material import STRETCH_CHARS, Material, fused, gather, is_kept_out
from tests.eval.tuning.conftest import SENTENCES, asked


def test_about_one_stretch_in_ten_is_kept_out_whole():
    kept = [is_kept_out("a.txt", STRETCH_CHARS * i) for i in range(1000)]

    assert 60 < sum(kept) < 140
    assert all(
        is_kept_out("a.txt", STRETCH_CHARS * i + STRETCH_CHARS - 1) == kept[i] for i in range(100)
    )


def quoted(index, row, i):
    (passage,) = index.documents.passages([row])
    return index.documents.document(passage.document).text_slice(*passage.sentences[i])


def test_a_lesson_tells_which_sentences_of_its_passages_answer(book):
    (lesson,) = gather(book, [asked(2, 7, answers=(3, 6))]).training

    told = [quoted(book, row, i) for row in sorted(lesson.told) for i in lesson.told[row]]
    assert sorted(lesson.answers) == sorted(lesson.told) == [0, 1]
    assert told == [SENTENCES[3], SENTENCES[6]]


def test_half_a_sentence_is_enough_to_be_told_of_and_less_is_not(book):
    example = asked(0, 2, answers=(1,))
    (sentence,) = example.answers
    length = sentence.end - sentence.start
    half = replace(sentence, end=sentence.end + length // 2 + 2)
    third = replace(sentence, end=sentence.end + length // 3)

    first, second = gather(
        book, [replace(example, answers=(one,)) for one in (half, third)]
    ).training

    assert first.told == {0: {1, 2}}
    assert second.told == {0: {1}}


def test_a_question_without_told_sentences_tells_of_none(book):
    (lesson,) = gather(book, [asked(0, 2)]).training

    assert lesson.answers == (0,)
    assert lesson.told == {}


def test_a_question_that_nothing_answers_is_no_lesson(book):
    near_miss = asked(0, 2, groups=False)

    assert gather(book, [near_miss]) == Material((), (), ())


def test_fusing_puts_first_what_both_find():
    assert fused([1, 2, 3], [4, 2])[0] == 2
