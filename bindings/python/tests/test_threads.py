"""Threads: the interpreter lock is let go while a batch is decided, and many threads may share a gate."""

from __future__ import annotations

import sys
import sysconfig
import threading
import time
from array import array
from collections.abc import Callable

import passgate
import pyarrow as pa
import pytest

SET = """
use intlpartnersmgt
policy desk { allow PayOrders from 203.0.113.0/24 }
user alice { attach desk }
user bob { attach desk }
"""
FREE = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
# A call that lets go is long enough once another thread had so many turns in it; one that does not leaves it
# the few that it may have before the call begins and after it has ended.
TURNS = 20
FEW = 5
# Rows are doubled until then, at most to so many.
ROWS, MOST = 1 << 16, 1 << 25
KINDS = ("lists", "Arrow texts", "numbers")


@pytest.fixture(scope="module")
def gate() -> passgate.Gate:
    return passgate.compile(SET)


class Other(threading.Thread):
    """Takes a turn whenever it gets the interpreter lock, and lets go of it after each."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.turns = 0
        self.ended = False

    def run(self) -> None:
        while not self.ended:
            self.turns += 1
            time.sleep(0.0005)


def turns_during(call: Callable[[], object]) -> int:
    """How many turns another thread has between the start of a call and its end."""
    other = Other()
    other.start()
    try:
        start = other.turns
        call()
        return other.turns - start
    finally:
        other.ended = True
        other.join()


def batch_of(gate: passgate.Gate, kind: str, rows: int) -> Callable[[], object]:
    """A batch whose columns were made before: the rest is one call."""
    if kind == "numbers":
        who = array("I", [gate.principal_ids(["alice"])[0]]) * rows
        what = array("I", [gate.action_ids(["PayOrders"])[0]]) * rows
        where = array("I", [0xCB007109]) * rows
        return lambda: gate.allows_many_ids(who, what, where)
    texts = (["alice"] * rows, ["PayOrders"] * rows, ["203.0.113.9"] * rows)
    columns = [pa.array(column, pa.string()) for column in texts] if kind == "Arrow texts" else texts
    return lambda: gate.allows_many(*columns)


@pytest.mark.parametrize("kind", KINDS)
def test_another_thread_goes_on_during_a_batch(gate: passgate.Gate, kind: str) -> None:
    rows = ROWS
    while (turns := turns_during(batch_of(gate, kind, rows))) < TURNS:
        rows *= 2
        assert rows <= MOST, f"{turns} turns during {rows // 2} rows"


@pytest.mark.skipif(FREE, reason="this interpreter has no lock that could be held")
def test_a_call_that_holds_the_lock_is_told_from_one_that_lets_go() -> None:
    numbers = list(range(8_000_000))
    assert turns_during(lambda: numbers.count(-1)) <= FEW


def test_threads_share_gate_handles_and_answers(gate: passgate.Gate) -> None:
    callers, pay = [gate.principal(name) for name in ("alice", "bob")], gate.action("PayOrders")
    wrong: list[object] = []
    begin = threading.Barrier(8)

    def ask(number: int) -> None:
        begin.wait()
        for turn in range(300):
            inside = (turn + number) % 2 == 0
            ip = "203.0.113.9" if inside else "192.0.2.1"
            said = [
                gate.allows("alice", "PayOrders", ip),
                callers[turn % 2].allows(pay, ip),
                bool(gate.check("bob", "PayOrders", ip)),
                *gate.allows_many(["alice", "bob"], "PayOrders", ip),
                *gate.allows_many_ids(gate.principal_ids(["bob"]), gate.action_ids(["PayOrders"])[0], None),
            ]
            if said != [inside] * 5 + [False]:
                wrong.append((number, turn, said))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.skipif(
    not FREE, reason="NOT TESTED: no free-threaded interpreter; run these tests with one (docs/python.md)"
)
def test_a_free_threaded_interpreter_keeps_the_lock_off() -> None:
    assert not sys._is_gil_enabled()  # type: ignore[attr-defined,unused-ignore]
