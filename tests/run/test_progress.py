import logging

import pytest

from mdwarfs.run.progress import Progress, duration, track


class Clock:
    """A clock that moves when told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_time_left_is_what_the_rate_so_far_implies(caplog):
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(100, "pixels", every=10, clock=clock)
    clock.now = 20
    progress.step(25)
    clock.now = 40
    progress.step(25)
    assert "50 of 100 pixels (50 %), 40 s elapsed, 40 s left" in caplog.text


def test_what_gets_ready_before_the_first_step_is_no_rate(caplog):
    """A work of two seconds, of which the first is spent on getting ready."""
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(870, "stars", every=10, clock=clock)
    clock.now = 1.0
    progress.step()
    assert caplog.messages == ["1 of 870 stars (0 %), 1 s elapsed"]
    for _ in range(869):
        clock.now += 0.005
        progress.step()
    first, soon, *_ = caplog.messages
    assert soon == "202 of 870 stars (23 %), 2 s elapsed, 3 s left"
    assert caplog.messages[-1] == "870 of 870 stars (100 %), 5 s elapsed"


def test_threads_that_hand_over_together_are_one_rate(caplog):
    """Two threads, each a block in 27 s: their blocks come in pairs."""
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(10, "blocks", every=10, clock=clock)
    for _ in range(2):
        clock.now += 27
        progress.step()
        progress.step()
    assert caplog.messages[-1] == "3 of 10 blocks (30 %), 54 s elapsed, 1 min 34 s left"


def test_lines_come_no_more_often_than_asked_but_always_at_the_end(caplog):
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(50, "stars", every=10, clock=clock)
    for _ in range(50):
        clock.now += 1
        progress.step()
    lines = [record.message for record in caplog.records]
    # at the first step, a second later, every ten seconds, at the end
    assert len(lines) == 7
    assert lines[-1].startswith("50 of 50 stars (100 %)")


def test_track_passes_every_item_on():
    assert list(track([3, 1, 2], "files")) == [3, 1, 2]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.4, "4 s"), (125, "2 min 05 s"), (4200, "1 h 10 min"), (59.7, "1 min 00 s")],
)
def test_durations_as_a_person_reads_them(seconds, text):
    assert duration(seconds) == text
