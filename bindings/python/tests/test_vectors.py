"""The decision vectors that every language runs (tests/vectors/README.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import passgate
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
