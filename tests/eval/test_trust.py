from __future__ import annotations

import pytest

from eval.measures.trust import trust


@pytest.mark.parametrize(
    ("answerable", "silent", "right", "expected"),
    [
        (True, False, True, 1.0),
        (True, False, False, -1.0),
        (True, True, False, 0.0),
        (False, True, False, 1.0),
        (False, False, False, -1.0),
        (False, False, True, -1.0),
    ],
)
def test_trust_rewards_rightness_and_rightful_silence(answerable, silent, right, expected):
    assert trust(answerable=answerable, silent=silent, right=right) == expected
