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
    assert "25 of 100 pixels (25 %), 20 s elapsed, 1 min 00 s left" in caplog.text


def test_lines_come_no_more_often_than_asked_but_always_at_the_end(caplog):
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(50, "stars", every=10, clock=clock)
    for _ in range(50):
        clock.now += 1
        progress.step()
    lines = [record.message for record in caplog.records]
    assert len(lines) == 6
    assert lines[-1].startswith("50 of 50 stars (100 %)")


def test_track_passes_every_item_on():
    assert list(track([3, 1, 2], "files")) == [3, 1, 2]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.4, "4 s"), (125, "2 min 05 s"), (4200, "1 h 10 min"), (59.7, "1 min 00 s")],
)
def test_durations_as_a_person_reads_them(seconds, text):
    assert duration(seconds) == text
