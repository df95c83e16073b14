from __future__ import annotations

import pytest

from service import limits
from service.limits import Buckets


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_bucket_gives_what_it_holds_and_then_at_a_steady_rate(clock):
    buckets = Buckets(2, clock=clock)

    assert [buckets.take("a") for _ in range(3)] == [0, 0, 30]
    clock.seconds = 30
    assert [buckets.take("a") for _ in range(2)] == [0, 30]


def test_each_name_has_its_own(clock):
    buckets = Buckets(1, clock=clock)

    assert [buckets.take("a"), buckets.take("b"), buckets.take("a")] == [0, 0, 60]


def test_asking_how_long_to_wait_takes_nothing(clock):
    buckets = Buckets(1, clock=clock)

    assert [buckets.wait("a"), buckets.wait("a"), buckets.take("a")] == [0, 0, 0]
    assert buckets.wait("a") == 60


def test_no_limit_is_no_limit(clock):
    buckets = Buckets(0, clock=clock)

    assert {buckets.take("a") for _ in range(1000)} == {0}


def test_many_names_cost_bounded_memory(clock, monkeypatch):
    monkeypatch.setattr(limits, "MOST_NAMES", 3)
    buckets = Buckets(1, clock=clock)

    for name in "abcd":
        buckets.take(name)

    assert buckets.take("d") == 60
    assert buckets.take("a") == 0
