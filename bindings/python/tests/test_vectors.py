"""The decision vectors that every language runs (tests/vectors/README.md)."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import passgate
import pyarrow as pa
import pytest

VECTORS = Path(__file__).resolve().parents[3] / "tests" / "vectors"
MEMBERS = {"principal", "action", "ip", "resource", "context", "at"} | {
    "account",
    "groups",
    "roles",
    "policies",
}
Suite = dict[str, Any]
Answer = passgate.Decision | passgate.GateError


def suites() -> list[Suite]:
    files = sorted(VECTORS.glob("*.json"))
    return [suite for file in files for suite in json.loads(file.read_text(encoding="utf-8"))["suites"]]


SUITES = suites()


def lay_out(suite: Suite, folder: Path) -> Path:
    for name, content in suite["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list) and all(isinstance(line, str) for line in content):
            content = "".join(f"{line}\n" for line in content)
        elif not isinstance(content, str):
            content = json.dumps(content, ensure_ascii=False)
        path.write_text(content, encoding="utf-8", newline="")
    chosen = suite.get("set", ".")
    return folder if chosen == "." else folder / chosen


def load(suite: Suite, folder: Path) -> passgate.Gate:
    path = lay_out(suite, folder)
    options = dict(suite.get("options", {}))
    for name in ("catalogs", "boundary"):
        if name in options:
            options[name] = [folder / file for file in options[name]]
    return passgate.load(path, **options)


def answer(gate: passgate.Gate, case: dict[str, Any]) -> Answer:
    if "line" not in case:
        [decided] = gate.check_many([case["request"]])
        return decided
    try:
        return gate.check_json(case["line"])
    except passgate.GateError as error:
        return error


def compare(case: dict[str, Any], got: Answer) -> str | None:
    expect = case["expect"]
    if isinstance(got, passgate.GateError):
        if expect.get("error") != got.code:
            return f"expected {expect}, got the error {got.code}: {got}"
        if "key" in expect and expect["key"] != got.key and expect["key"] not in str(got):
            return f"expected the key {expect['key']}, got {got.key}: {got}"
        return None
    found = {
        "allowed": got.allowed,
        "reason": got.reason,
        "statements": [statement.id for statement in got.statements],
        "message": got.message,
    }
    wrong = {name: value for name, value in expect.items() if found.get(name) != value}
    return f"expected {wrong}, got {found}" if wrong else None


def same_call(gate: passgate.Gate, case: dict[str, Any], got: Answer) -> str | None:
    """The keyword form and `allows` say the same as `check_many`."""
    request = case.get("request")
    if not isinstance(request, dict) or not {"principal", "action"} <= set(request) <= MEMBERS:
        return None
    for call in (gate.check, gate.allows):
        try:
            said = bool(call(**request))
        except passgate.GateError as error:
            if not isinstance(got, passgate.GateError) or error.code != got.code:
                return f"{call.__name__} raised {error.code}"
        else:
            if isinstance(got, passgate.GateError) or said != got.allowed:
                return f"{call.__name__} said {said}"
    return None


def plain(case: dict[str, Any]) -> tuple[str, str, str | None] | None:
    """The three texts of a request that gives nothing else."""
    request = case.get("request")
    if not isinstance(request, dict) or not {"principal", "action"} <= set(request) <= {
        "principal",
        "action",
        "ip",
    }:
        return None
    row = (request["principal"], request["action"], request.get("ip"))
    texts = all(isinstance(text, str) for text in row[:2]) and isinstance(row[2], str | None)
    return row if texts else None


def said(ask: Callable[[], bool]) -> bool | str:
    try:
        return ask()
    except passgate.GateError as error:
        return error.code


def by_handle(gate: passgate.Gate, row: tuple[str, str, str | None]) -> dict[str, bool | str]:
    """Answers of handles, where both names have one."""
    who, what, ip = row
    try:
        principal, action = gate.principal(who), gate.action(what)
    except passgate.GateError:
        return {}
    return {
        "handles": said(lambda: principal.allows(action, ip)),
        "handle and text": said(lambda: principal.allows(what, ip)),
        "check of handles": said(lambda: principal.check(action, ip).allowed),
    }


def by_batch(gate: passgate.Gate, rows: list[tuple[str, str, str | None]]) -> dict[str, list[bool | str]]:
    """Answers of all rows at once, in columns of several kinds."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    arrow = [pa.array(column, pa.string()) for column in columns]
    kinds = {"lists": columns, "arrow": arrow, "codes": [column.dictionary_encode() for column in arrow]}
    found = {}
    for kind, (who, what, where) in kinds.items():
        answers = gate.allows_many(who, what, where, errors="null")
        errors = {error.row: error.code for error in answers.errors}
        found[kind] = [errors[row] if allowed is None else allowed for row, allowed in enumerate(answers)]
    return found


def by_number(gate: passgate.Gate, row: tuple[str, str, str | None]) -> bool | str | None:
    """The answer by numbers, where principal and action have one and the address is readable."""
    who, what, ip = row
    try:
        principal, action = gate.principal_ids([who]), gate.action_ids([what])
        address = None if ip is None else ipaddress.ip_address(ip)
    except (passgate.GateError, ValueError):
        return None
    if ip is not None and "%" in ip:
        return None
    if address is None or address.version == 6:
        packed = None if address is None else address.packed
        return said(lambda: gate.allows_many_ids(principal, action, packed)[0] is True)
    return said(lambda: gate.allows_many_ids(principal, action, [int(address)])[0] is True)


@pytest.mark.parametrize(
    "suite", [suite for suite in SUITES if "refused" not in suite], ids=lambda s: s["name"]
)
def test_every_path_says_the_same(suite: Suite, tmp_path: Path) -> None:
    gate = load(suite, tmp_path)
    cases = [(case["name"], row) for case in suite["cases"] if (row := plain(case)) is not None]
    rows = [row for _, row in cases]
    expected = [said(lambda row=row: gate.allows(*row)) for row in rows]  # type: ignore[misc]
    faults = []
    for (name, row), wanted in zip(cases, expected, strict=True):
        found = by_handle(gate, row)
        number = by_number(gate, row)
        if number is not None:
            found["numbers"] = number
        faults += [f"{name}: {way} say {what}, not {wanted}" for way, what in found.items() if what != wanted]
    for kind, answers in by_batch(gate, rows).items():
        faults += [
            f"{name}: a batch of {kind} says {what}, not {wanted}"
            for (name, _), what, wanted in zip(cases, answers, expected, strict=True)
            if what != wanted
        ]
    assert not faults, "\n".join(faults)


def test_enough_vectors_are_plain() -> None:
    assert sum(plain(case) is not None for suite in SUITES for case in suite.get("cases", [])) >= 200


@pytest.mark.parametrize("suite", SUITES, ids=[suite["name"] for suite in SUITES])
def test_suite(suite: Suite, tmp_path: Path) -> None:
    if "refused" in suite:
        with pytest.raises(passgate.GateError) as caught:
            load(suite, tmp_path)
        assert caught.value.code == suite["refused"]["code"]
        codes = {diagnostic["code"] for diagnostic in caught.value.diagnostics}
        assert codes >= set(suite["refused"].get("diagnostics", []))
        return
    gate = load(suite, tmp_path)
    faults = []
    for case in suite["cases"]:
        got = answer(gate, case)
        fault = compare(case, got) or same_call(gate, case, got)
        if fault:
            faults.append(f"{case['name']}: {fault}")
    assert not faults, "\n".join(faults)


def test_there_are_enough_vectors() -> None:
    assert sum(len(suite.get("cases", [])) for suite in SUITES) >= 600
