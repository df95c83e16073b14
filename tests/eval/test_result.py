from __future__ import annotations

import json

import pytest

from eval.errors import ResultFileError
from eval.result import load_run, to_json, without_texts


def test_a_result_comes_back_as_it_was_written(evaluate, perfect, tmp_path):
    run = evaluate(perfect)
    path = tmp_path / "run.json"
    path.write_text(to_json(run), encoding="utf-8")

    assert load_run(path) == run


def test_a_result_without_texts_keeps_scores_and_drops_the_book(evaluate, perfect):
    run = evaluate(perfect)

    written = to_json(without_texts(run))

    assert "Agafya Lund, kept" in to_json(run)
    assert "Agafya Lund, kept" not in written
    assert json.loads(written)["results"][0]["scores"]["trust"] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "found no JSON"),
        ("[]", "found format None instead of 1"),
        ('{"format": 99}', "found format 99 instead of 1"),
        ('{"format": 1}', "found field required at circumstances"),
    ],
)
def test_a_file_that_is_no_result_is_refused(tmp_path, content, message):
    path = tmp_path / "run.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ResultFileError, match=message):
        load_run(path)
