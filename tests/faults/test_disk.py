"""The model of a disk under a power cut: what was synced is always there, what was not may be, whole or in sectors."""

from __future__ import annotations

import random

from tests.faults.disk import SECTOR, Disk, Op

OLD, NEW = b"o" * 4096, b"n" * 4096


def states(disk: Disk, n: int = 200) -> list[dict[str, bytes]]:
    return [disk.after_power_cut(random.Random(seed)) for seed in range(n)]


def test_that_what_was_synced_is_there_after_every_cut() -> None:
    disk = Disk({"f": OLD})
    disk.do(Op("write", "f", 0, NEW))
    disk.do(Op("sync", "f"))
    assert all(state == {"f": NEW} for state in states(disk))


def test_that_what_was_not_synced_is_there_whole_in_sectors_or_not_at_all() -> None:
    disk = Disk({"f": OLD})
    disk.do(Op("write", "f", 0, NEW))
    found = {state["f"] for state in states(disk)}
    assert {OLD, NEW} < found
    for content in found:
        assert {content[at : at + SECTOR] for at in range(0, 4096, SECTOR)} <= {OLD[:SECTOR], NEW[:SECTOR]}


def test_that_of_two_writes_the_later_may_survive_without_the_earlier() -> None:
    disk = Disk({"f": OLD * 2})
    disk.do(Op("write", "f", 0, NEW))
    disk.do(Op("write", "f", 4096, NEW))
    assert {OLD + NEW, NEW + OLD, OLD + OLD, NEW + NEW} <= {state["f"] for state in states(disk, 400)}


def test_that_a_file_may_have_grown_and_hold_garbage_there() -> None:
    disk = Disk({"f": b""})
    disk.do(Op("write", "f", 1024, NEW))
    beginnings = {state["f"][:1024] for state in states(disk)}
    assert {b"", bytes(1024)} <= beginnings
    assert any(each not in (b"", bytes(1024)) for each in beginnings)


def test_that_names_are_durable_once_their_folder_is_synced_and_keep_their_order_before() -> None:
    disk = Disk({"a": OLD})
    disk.do(Op("create", "b"))
    disk.do(Op("write", "b", 0, NEW))
    disk.do(Op("sync", "b"))
    disk.do(Op("move", "b", other="a"))
    assert {tuple(sorted(state.items())) for state in states(disk)} == {
        (("a", OLD),),
        (("a", OLD), ("b", NEW)),
        (("a", NEW),),
    }
    disk.do(Op("folder", "."))
    assert all(state == {"a": NEW} for state in states(disk))


def test_that_the_sync_of_another_folder_makes_no_name_durable() -> None:
    disk = Disk({"a": OLD})
    disk.do(Op("delete", "a"))
    disk.do(Op("folder", "backups"))
    assert {"a"} in [set(state) for state in states(disk)]
    disk.do(Op("folder", "."))
    assert all(state == {} for state in states(disk))
