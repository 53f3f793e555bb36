"""Work beside the window: delivered on the window's thread, dropped when stale, its errors told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from esk_gui.jobs import Cancelled, JobRunner, Progress


@pytest.fixture
def errors() -> list[BaseException]:
    return []


@pytest.fixture
def runner(qapp: QApplication, errors: list[BaseException]) -> Iterator[JobRunner]:
    made = JobRunner(errors.append)
    yield made
    made.wait()


def test_that_a_result_arrives_on_the_windows_thread(qtbot: QtBot, runner: JobRunner, qapp: QApplication) -> None:
    threads: list[object] = []
    work_thread: list[int] = []

    def work(progress: Progress, cancelled: Cancelled) -> int:
        work_thread.append(threading.get_ident())
        return 42

    def done(result: int) -> None:
        threads.extend([result, QThread.currentThread()])

    runner.run(work, done)
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [42, qapp.thread()]
    assert work_thread[0] != threading.get_ident()


def test_that_a_result_overtaken_by_a_newer_job_of_its_topic_is_dropped(qtbot: QtBot, runner: JobRunner) -> None:
    go_on, results = threading.Event(), list[str]()

    def slow(progress: Progress, cancelled: Cancelled) -> str:
        go_on.wait(5)
        return "old"

    first = runner.run(slow, results.append, topic="tables")
    runner.run(lambda progress, cancelled: "new", results.append, topic="tables")
    qtbot.waitUntil(lambda: results == ["new"])
    with qtbot.waitSignal(first.finished):
        go_on.set()
    assert results == ["new"]


def test_that_jobs_of_other_topics_do_not_overtake_each_other(qtbot: QtBot, runner: JobRunner) -> None:
    results: list[int] = []
    for number in range(5):
        runner.run(lambda progress, cancelled, n=number: n, results.append)
    qtbot.waitUntil(lambda: sorted(results) == [0, 1, 2, 3, 4])


def test_that_an_error_without_a_taker_is_told(qtbot: QtBot, runner: JobRunner, errors: list[BaseException]) -> None:
    def work(progress: Progress, cancelled: Cancelled) -> None:
        raise ValueError("told")

    runner.run(work, lambda result: None)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ValueError)


def test_that_an_error_goes_to_the_jobs_own_taker_only(
    qtbot: QtBot, runner: JobRunner, errors: list[BaseException]
) -> None:
    own: list[BaseException] = []

    def work(progress: Progress, cancelled: Cancelled) -> None:
        raise ValueError("own")

    runner.run(work, lambda result: None, own.append)
    qtbot.waitUntil(lambda: bool(own))
    assert not errors


def test_that_a_cancelled_job_is_asked_to_stop_and_delivers_nothing(qtbot: QtBot, runner: JobRunner) -> None:
    results: list[object] = []

    def work(progress: Progress, cancelled: Cancelled) -> str:
        while not cancelled():
            QThread.msleep(1)
        return "late"

    job = runner.run(work, results.append)
    with qtbot.waitSignal(job.finished):
        job.cancel()
    assert not results


def test_that_progress_is_told_in_order(qtbot: QtBot, runner: JobRunner) -> None:
    shares: list[float] = []
    go_on = threading.Event()

    def work(progress: Progress, cancelled: Cancelled) -> None:
        go_on.wait(5)
        for share in (0.25, 0.5, 1.0):
            progress(share)

    job = runner.run(work, lambda result: None)
    job.progressed.connect(shares.append)
    with qtbot.waitSignal(job.finished):
        go_on.set()
    assert shares == [0.25, 0.5, 1.0]
