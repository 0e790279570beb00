"""Work shared out among threads and processes."""

import multiprocessing
import os
import threading
import time

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from mdwarfs.run import parallel
from mdwarfs.run.parallel import AHEAD, in_processes, in_threads, one_blas_thread


def slow_at_first(number):
    time.sleep(0.02 if number == 0 else 0)
    return number**2, os.getpid(), threading.get_ident()


@pytest.mark.parametrize("share_out", [in_threads, in_processes])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_order_whatever_the_workers(share_out, workers):
    found = [square for square, *_ in share_out(slow_at_first, range(40), workers)]
    assert found == [number**2 for number in range(40)]


def test_threads_are_of_this_process_and_processes_are_not():
    _, pids, _ = zip(*in_threads(slow_at_first, range(20), 2))
    assert set(pids) == {os.getpid()}
    _, pids, _ = zip(*in_processes(slow_at_first, range(20), 2))
    assert os.getpid() not in pids and len(set(pids)) <= 2
    _, pids, _ = zip(*in_processes(slow_at_first, range(20), 1))
    assert set(pids) == {os.getpid()}


@pytest.mark.parametrize(
    ("share_out", "most"), [(in_threads, 3), (in_processes, 2 * AHEAD + 1)]
)
def test_no_more_is_begun_than_can_wait(share_out, most):
    begun = []

    def items():
        for number in range(200):
            begun.append(number)
            yield number

    results = share_out(slow_at_first, items(), 2)
    for taken in range(1, 50):
        next(results)
        assert len(begun) - taken <= most - 1
    results.close()


def fail(number):
    if number == 7:
        raise ValueError("the seventh")
    return number


@pytest.mark.parametrize("share_out", [in_threads, in_processes])
def test_an_error_comes_in_the_place_of_the_result(share_out):
    results = share_out(fail, range(20), 2)
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(ValueError, match="the seventh"):
        next(results)


def test_blas_is_kept_to_one_thread():
    @one_blas_thread
    def threads():
        return {p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        assert threads() == {1}


def test_blas_is_kept_to_one_thread_until_all_threads_are_done():
    """Also if each sets that limit for itself, and the first takes it back early."""

    @one_blas_thread
    def early(number):
        time.sleep(0.03 * number)

    def threads(number):
        early(number)
        time.sleep(0.02)
        return {p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        assert all(found == {1} for found in in_threads(threads, range(4), 2))
        after = {p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"}
    assert after == {2}


@pytest.mark.parametrize(
    ("place", "name", "error"),
    [
        (parallel, "ProcessPoolExecutor", PermissionError(13, "Permission denied")),
        (multiprocessing, "get_context", ValueError("cannot find context for 'fork'")),
    ],
)
def test_where_the_machine_allows_no_processes_one_does_the_work(
    place, name, error, monkeypatch, caplog
):
    def refused(*_, **__):
        raise error

    monkeypatch.setattr(place, name, refused)
    assert list(parallel.in_processes(abs, [-1, -2], 2)) == [1, 2]
    assert "One process instead of 2" in caplog.text
