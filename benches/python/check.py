"""What a check costs from Python: each way to ask, beside a hand-tuned peer and the floor of the C interface.

    python benches/python/check.py WORKLOAD.json… [--tuned PEERS.py] [--floor FOLDER] [--rounds N]

All ways take turns of a few rounds of 4,096 requests, in one process; the cost of the loop around the call is
taken off. Printed are the median and, in brackets, the 10th percentile, in nanoseconds a check. Every answer is
compared with the workload's own first. `--tuned` names a file of peers with a function `py_tuned` (the
translated workload lies beside the workload); `--floor` a folder of a floor bench, whose own workload is then
measured too.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter_ns, thread_time_ns
from typing import Any

import passgate
import workload

ROUND = 4_096
BATCH = 20_000
# Rounds of a turn that are measured; one before them is not, since it finds the caches of another way.
TURN = 4
Way = Callable[[], int]


def each(ask: Callable[..., Any], rows: list[tuple[Any, ...]]) -> int:
    """Nanoseconds for a round of calls with their arguments by position."""
    if len(rows[0]) == 2:
        start = perf_counter_ns()
        for a, b in rows:
            if not ask(a, b):
                continue
        return perf_counter_ns() - start
    start = perf_counter_ns()
    for a, b, c in rows:
        if not ask(a, b, c):
            continue
    return perf_counter_ns() - start


def of_handles(rows: list[tuple[Any, ...]]) -> int:
    start = perf_counter_ns()
    for principal, action, ip in rows:
        if not principal.allows(action, ip):
            continue
    return perf_counter_ns() - start


def nothing(rows: list[tuple[Any, ...]]) -> int:
    start = perf_counter_ns()
    for a, _, _ in rows:
        if not a:
            continue
    return perf_counter_ns() - start


def once(call: Callable[[], Any]) -> int:
    start = perf_counter_ns()
    call()
    return perf_counter_ns() - start


class Rounds:
    """Slices of the requests, one after the other, so that no round repeats the one before."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = rows * (ROUND // len(rows) + 1)
        self.at = 0

    def next(self) -> list[tuple[Any, ...]]:
        if self.at + ROUND > len(self.rows):
            self.at = 0
        part = self.rows[self.at : self.at + ROUND]
        self.at += ROUND
        return part


def singles(gate: passgate.Gate, rows: list[tuple[str, str, str]]) -> Iterator[tuple[str, int, Way]]:
    texts = Rounds(rows)
    yield "empty loop", ROUND, lambda: nothing(texts.next())
    yield "allows, three texts", ROUND, lambda: each(gate.allows, texts.next())
    principals = {who: gate.principal(who) for who, _, _ in rows}
    actions = {what: gate.action(what) for _, what, _ in rows}
    handles = Rounds([(principals[who], actions[what], ip) for who, what, ip in rows])
    yield "handles, address as text", ROUND, lambda: of_handles(handles.next())
    mixed = Rounds([(principals[who], what, ip) for who, what, ip in rows])
    yield "handle, action and address as text", ROUND, lambda: of_handles(mixed.next())
    yield "check, three texts", ROUND, lambda: each(gate.check, texts.next())


def batches(gate: passgate.Gate, rows: list[tuple[str, str, str]]) -> Iterator[tuple[str, int, Way]]:
    import ipaddress

    import numpy as np
    import pyarrow as pa

    rows = (rows * (BATCH // len(rows) + 1))[:BATCH]
    lists = [list(column) for column in zip(*rows, strict=True)]
    yield "batch, lists", BATCH, lambda: once(lambda: gate.allows_many(*lists))
    columns = [pa.array(column, pa.string()) for column in lists]
    yield "batch, Arrow texts", BATCH, lambda: once(lambda: gate.allows_many(*columns))
    views = [pa.array(column, pa.string_view()) for column in lists]
    yield "batch, Arrow views", BATCH, lambda: once(lambda: gate.allows_many(*views))
    coded = [*(column.dictionary_encode() for column in columns[:2]), columns[2]]
    yield "batch, Arrow dictionaries and texts", BATCH, lambda: once(lambda: gate.allows_many(*coded))
    fours = [row for row in rows if ":" not in row[2]]
    who = np.asarray(gate.principal_ids([row[0] for row in fours]))
    what = np.asarray(gate.action_ids([row[1] for row in fours]))
    where = np.array([int(ipaddress.IPv4Address(row[2])) for row in fours], np.uint32)
    yield "batch, numbers", len(fours), lambda: once(lambda: gate.allows_many_ids(who, what, where))
    found = gate.allows_many_ids(who, what, where).to_numpy()
    assert (found == [gate.allows(*row) for row in fours]).all()


def tuned(file: Path, path: Path) -> Callable[..., Any]:
    """`py_tuned` of a file of peers, which asks for its arguments when it is run."""
    source = file.read_text().rstrip().removesuffix("main()")
    names: dict[str, Any] = {"__name__": "peers"}
    exec(compile(source, str(file), "exec"), names)
    load, check = names["py_tuned"](str(path.with_suffix("")))[:2]
    load()
    return check


def peer(check: Callable[..., Any], rows: list[tuple[str, str, str]]) -> tuple[str, int, Way]:
    texts = Rounds(rows)
    return "py_tuned", ROUND, lambda: each(check, texts.next())


def floor(folder: Path, rows: list[tuple[str, str, str]]) -> Iterator[tuple[str, int, Way]]:
    sys.path.insert(0, str(folder / "ext" / f"{sys.version_info[0]}.{sys.version_info[1]}-native"))
    import pyrawfloor

    texts = Rounds(rows)
    yield "floor: a function of the C interface", ROUND, lambda: each(pyrawfloor.check_ascii, texts.next())
    method = pyrawfloor.make(rows[0][0]).check
    yield "floor: a method", ROUND, lambda: each(method, texts.next())
    yield "floor: keywords admitted", ROUND, lambda: each(pyrawfloor.check_kw, texts.next())
    yield "floor: the lengths of three texts", ROUND, lambda: each(pyrawfloor.len_utf8, texts.next())


def measure(ways: list[tuple[str, int, Way]], rounds: int) -> None:
    """Lets all ways take turns, and prints what a check of each costs."""
    taken: dict[str, list[float]] = {name: [] for name, _, _ in ways}
    for _, _, way in ways:
        way()
    gc.disable()
    for _ in range(rounds):
        for name, checks, way in ways:
            way()
            taken[name] += [way() / checks for _ in range(TURN)]
    gc.enable()
    sort = {name: sorted(times) for name, times in taken.items()}
    empty = sort["empty loop"][len(sort["empty loop"]) // 2]
    for name, times in sort.items():
        off = 0 if name.startswith(("batch", "empty")) else empty
        print(f"    {name:40} {times[len(times) // 2] - off:9.1f} ns ({times[len(times) // 10] - off:.1f})")


def compare(gate: passgate.Gate, given: workload.Workload) -> None:
    wrong = sum(gate.allows(*row) != want for row, want in zip(given.requests, given.expected, strict=True))
    assert wrong == 0, f"{wrong} of {len(given.requests)} answers differ"


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("workload", type=Path, nargs="*")
    options.add_argument("--tuned", type=Path)
    options.add_argument("--floor", type=Path)
    options.add_argument("--rounds", type=int, default=60)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for path in given.workload:
            data = workload.read(path)
            gate = passgate.load(data.lay_out(Path(folder) / path.stem))
            compare(gate, data)
            ways = [*singles(gate, data.requests), *batches(gate, data.requests)]
            if given.tuned:
                ways.append(peer(tuned(given.tuned, path), data.requests))
            print(f"{path.stem}: load {os.getloadavg()[0]:.1f}, {len(data.requests)} requests")
            start = thread_time_ns()
            measure(ways, given.rounds)
            print(f"    {(thread_time_ns() - start) / 1e9:.1f} s of processor time")
        if given.floor:
            data = workload.read_floor(given.floor / "data")
            gate = passgate.load(data.lay_out(Path(folder) / "floor"))
            compare(gate, data)
            print(f"the floor's own workload: load {os.getloadavg()[0]:.1f}")
            measure([*singles(gate, data.requests), *floor(given.floor, data.requests)], given.rounds)


if __name__ == "__main__":
    main()
