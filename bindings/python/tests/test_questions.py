"""Questions about whole sets: the vectors of tests/vectors/questions, and what Python adds."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import passgate
import pytest
from test_vectors import VECTORS, lay_out

SUITES = [
    suite
    for file in sorted((VECTORS / "questions").glob("*.json"))
    for suite in json.loads(file.read_text(encoding="utf-8"))["suites"]
]
SET = """
use intlpartnersmgt
policy desk { allow PayOrders from 203.0.113.0/24 until 2027-01-01T00:00:00Z  allow QueryUser }
user alice { attach desk }
"""


def gates(suite: dict[str, Any], folder: Path) -> list[passgate.Gate]:
    lay_out({"files": suite["files"]}, folder)
    options = dict(suite.get("load", {}))
    for name in ("catalogs", "boundary"):
        if name in options:
            options[name] = [folder / file for file in options[name]]
    return [passgate.load(folder if name == "." else folder / name, **options) for name in suite["sets"]]


def long_list(expected: dict[str, Any], found: list[dict[str, Any]]) -> str | None:
    wanted = list(expected["some"])
    for element in found:
        if wanted and element == wanted[0]:
            wanted.pop(0)
        elif any(element.get(name) != value for name, value in expected["others"].items()):
            return f"{element} is not as the others are"
    return f"{wanted[0]} is missing" if wanted else None


def differs(case: dict[str, Any], ask: Any, folder: Path) -> str | None:
    try:
        found = json.loads(json.dumps(ask()).replace(f"{folder}/", ""))
    except passgate.GateError as error:
        expected = case.get("error", {})
        told = {"code": error.code, "key": error.key, "nearest": error.nearest}
        told["nearest"] = error.nearest[: len(expected.get("nearest", []))]
        same = expected and all(told[name] == value for name, value in expected.items())
        return None if same else f"expected {expected}, raised {told}: {error}"
    for name, expected in case.get("lists", {}).items():
        if fault := long_list(expected, found.pop(name)):
            return f"{name}: {fault}"
    return None if found == case.get("answer") else f"expected {case.get('answer')}, found {found}"


@pytest.mark.parametrize("suite", SUITES, ids=[suite["name"] for suite in SUITES])
def test_suite(suite: dict[str, Any], tmp_path: Path) -> None:
    first, *others = gates(suite, tmp_path)
    faults = []
    for case in suite["cases"]:
        if "python" not in case.get("languages", ["python"]):
            continue
        question = getattr(first, case["question"])
        fault = differs(case, lambda: question(*others, **case["options"]), tmp_path)  # noqa: B023
        if fault:
            faults.append(f"{case['name']}: {fault}")
    assert not faults, "\n".join(faults)


def test_there_are_enough_vectors() -> None:
    assert sum(len(suite["cases"]) for suite in SUITES) >= 20


def test_values_of_python_are_options() -> None:
    gate = passgate.compile(SET)
    told = gate.what(
        gate.principal("alice"), ip=ip_address("203.0.113.9"), at=datetime(2026, 1, 1, tzinfo=timezone.utc)
    )
    assert (told["principal"], told["ip"], told["at"]) == ("alice", "203.0.113.9", "2026-01-01T00:00:00Z")
    always = [action["action"] for action in told["actions"] if action["answer"] == "always"]
    assert always == ["intlpartnersmgt:PayOrders", "intlpartnersmgt:QueryUser"]
    assert gate.who(gate.action("QueryUser"))["callers"][0]["principals"] == ["root", "user:alice"]
    with pytest.raises(passgate.RequestError) as caught:
        gate.what("alice", at=datetime(2026, 1, 1))
    assert caught.value.code == "bad-time"
    with pytest.raises(TypeError):
        gate.what("alice", "203.0.113.9")  # type: ignore[call-arg]


def test_two_gates_are_compared_and_nothing_else() -> None:
    gate, wider = passgate.compile(SET), passgate.compile(SET.replace("203.0.113.0/24", "203.0.112.0/23"))
    [change] = gate.diff(wider)["changes"]
    assert (change["principals"], change["known"], change["losses"]) == (["user:alice"], "both", [])
    gained = change["gains"][0]["example"]
    assert gained is not None
    line = json.dumps(gained)
    assert (gate.check_json(line).allowed, wider.check_json(line).allowed) == (False, True)
    assert gate.diff(gate)["empty"]
    assert gate.diff(wider, principal=gate.principal("alice"))["callers"] == 1
    assert gate.exposure() == gate.exposure(None) == gate.exposure(wider)["old"]
    for slip in ("set.gate", 7):
        with pytest.raises(TypeError):
            gate.diff(slip)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            gate.exposure(slip)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        gate.diff(None)  # type: ignore[arg-type]


def test_a_lock_is_kept_as_text() -> None:
    gate = passgate.compile("use intlpartnersmgt policy p { allow Pay* } user 1 { attach p }")
    told = gate.lock()
    [pattern] = told["patterns"]
    assert (pattern["pattern"], pattern["places"][0]["column"]) == ("intlpartnersmgt:Pay*", 38)
    assert gate.lock(told["text"])["same"]
    assert gate.lock(None) == told
    kept = told["text"].replace("PayOrders", "PayBills")
    [changed] = gate.lock(kept)["changed"]
    names = [action["action"] for action in (*changed["added"], *changed["removed"])]
    assert names == ["intlpartnersmgt:PayOrders", "intlpartnersmgt:PayBills"]
    with pytest.raises(passgate.RequestError) as caught:
        gate.lock("format = 2")
    assert (caught.value.code, caught.value.key) == ("bad-request", "lock")
    assert gate.drift(gate)["changes"] == []
    for slip in (7, ["format = 1"]):
        with pytest.raises(passgate.RequestError):
            gate.lock(slip)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        gate.drift("set.gate")  # type: ignore[arg-type]


def test_the_lock_is_let_go_while_a_question_is_answered() -> None:
    policies = "".join(
        f'policy p{n} {{ allow PayOrders from 10.{n % 250}.0.0/16 when mfa is true and k{n} is "{n}" }}\n'
        for n in range(400)
    )
    users = "".join(f"user u{n} {{ attach p{n}, p{(n * 7 + 1) % 400} }}\n" for n in range(400))
    gate = passgate.compile(f"use intlpartnersmgt\n{policies}{users}")
    counted, done = 0, threading.Event()

    def ask() -> None:
        gate.who("PayOrders")
        done.set()

    asking = threading.Thread(target=ask)
    asking.start()
    # A call that kept the lock would leave this thread no turn between its start and its end.
    while not done.is_set():
        counted += 1
    asking.join()
    assert counted > 1000
