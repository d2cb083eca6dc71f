"""What is Python's own: types taken and refused, errors as exceptions, decisions as values."""

from __future__ import annotations

import decimal
import ipaddress
import os
import pickle
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import passgate
import pytest

SET = """
use intlpartnersmgt
policy desk {
    allow PayOrders from 203.0.113.0/24 until 2026-07-01T00:00:00Z
    allow QueryArea when level < 3
    allow QueryOrderList when begun >= 2026-01-01T00:00:00Z
}
user alice { attach desk }
"""
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
EAST = timezone(timedelta(hours=8))
NAIVE = datetime(2026, 3, 1, 12)


@pytest.fixture(scope="module")
def gate() -> passgate.Gate:
    return passgate.compile(SET)


def test_addresses_are_text_or_objects(gate: passgate.Gate) -> None:
    for text in ("203.0.113.9", "::ffff:203.0.113.9"):
        assert gate.allows("alice", "PayOrders", text, at=NOON)
        assert gate.allows("alice", "PayOrders", ipaddress.ip_address(text), at=NOON)
    assert not gate.allows("alice", "PayOrders", ipaddress.ip_address("2001:db8::1"), at=NOON)


@pytest.mark.parametrize("ip", ["203.0.113.009", "203.0.113.9/32", "", ipaddress.ip_address("fe80::1%1")])
def test_a_malformed_address_is_an_error(gate: passgate.Gate, ip: Any) -> None:
    with pytest.raises(passgate.RequestError) as caught:
        gate.allows("alice", "PayOrders", ip)
    assert caught.value.code == "bad-address"


def test_times_are_text_or_aware_datetimes(gate: passgate.Gate) -> None:
    def pay(at: Any) -> bool:
        return gate.allows("alice", "PayOrders", "203.0.113.9", at=at)

    assert pay("2026-06-30T23:59:59Z")
    assert pay(datetime(2026, 7, 1, 7, 59, tzinfo=EAST))
    assert not pay(datetime(2026, 7, 1, 8, 0, tzinfo=EAST))
    assert pay(datetime(2026, 6, 30, 23, 59, 59, 999999, timezone.utc))


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NAIVE, "bad-time"),
        (datetime.min.replace(tzinfo=EAST), "bad-time"),
        ("2026-03-01", "bad-time"),
        (7, "bad-request"),
    ],
)
def test_what_is_no_instant_is_refused(gate: passgate.Gate, at: Any, code: str) -> None:
    with pytest.raises(passgate.RequestError) as caught:
        gate.allows("alice", "PayOrders", "203.0.113.9", at=at)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        (2, True),
        (3, False),
        (2.5, True),
        ("2", True),
        (decimal.Decimal("2.999"), True),
        ([3, 1], True),
        ((3, 4), False),
        ([], False),
    ],
)
def test_numbers_of_every_type(gate: passgate.Gate, level: Any, allowed: bool) -> None:
    assert gate.allows("alice", "QueryArea", context={"level": level}) is allowed


def test_datetimes_are_instants_in_the_context(gate: passgate.Gate) -> None:
    assert gate.allows("alice", "QueryOrderList", context={"begun": NOON})
    assert not gate.allows("alice", "QueryOrderList", context={"begun": datetime(2025, 1, 1, tzinfo=EAST)})


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        decimal.Decimal("NaN"),
        None,
        {},
        [[1]],
        [None],
        b"2",
        object(),
        datetime.min,
    ],
    ids=repr,
)
def test_what_no_context_can_hold_is_refused(gate: passgate.Gate, value: Any) -> None:
    with pytest.raises(passgate.RequestError) as caught:
        gate.allows("alice", "QueryArea", context={"level": value})
    assert caught.value.code == "bad-context"


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        ({"principal": 7, "action": "QueryArea"}, "principal"),
        ({"principal": "alice", "action": b"QueryArea"}, "action"),
        ({"principal": "\ud800", "action": "QueryArea"}, "principal"),
        ({"principal": "alice", "action": "QueryArea", "ip": 7}, "ip"),
        ({"principal": "alice", "action": "QueryArea", "resource": [7]}, "resource"),
        ({"principal": "alice", "action": "QueryArea", "context": []}, "context"),
        ({"principal": "alice", "action": "QueryArea", "groups": "staff"}, "groups"),
        ({"principal": "alice", "action": "QueryArea", "account": {"uin": "x"}}, "uin"),
        ({"principal": "alice", "action": "QueryArea", "acount": {}}, "acount"),
        ({"principal": "alice"}, "action"),
    ],
    ids=repr,
)
def test_the_form_of_a_request(gate: passgate.Gate, request_: dict[str, Any], key: str) -> None:
    [error] = gate.check_many([request_])
    assert isinstance(error, passgate.RequestError)
    assert (error.code, error.key) == ("bad-request", key)


@pytest.mark.parametrize("line", ["", "{", 7, "\ud800"], ids=repr)
def test_a_line_that_is_no_request(gate: passgate.Gate, line: Any) -> None:
    with pytest.raises(passgate.RequestError) as caught:
        gate.check_json(line)
    assert (caught.value.code, caught.value.key) == ("bad-request", "request")


def test_decisions_are_values(partners: passgate.Gate) -> None:
    decision = partners.check("user:100001", "AllocateCreditPool", "203.0.113.9")
    again = partners.check("user:100001", "AllocateCreditPool", "203.0.113.10")
    assert decision and decision.allowed and decision.reason == "allow"
    assert decision == again and len({decision, again}) == 1
    [statement] = decision.statements
    assert (statement.policy, statement.id) == ("partner-finance", "partner-finance#1")
    assert Path(statement.file).name == "finance.gate" and statement.line > 1 and statement.column == 5
    assert repr(decision) == "Decision(allowed: allow [partner-finance#1])"
    with pytest.raises(AttributeError):
        decision.allowed = False  # type: ignore[misc]


def test_a_refused_policy_says_where() -> None:
    with pytest.raises(passgate.PolicyError) as caught:
        passgate.compile("use intlpartnersmgt\npolicy p {\n    allow reads\n    allow lists\n}\n")
    error = caught.value
    assert error.code == "bad-policy"
    found = [(d["code"], d["line"], d["column"]) for d in error.diagnostics]
    assert found == [("unknown-name", 3, 11), ("unknown-name", 4, 11)]
    first = error.diagnostics[0]
    assert first["nearest"][0] == "read" and first["labels"] == [] and first["notes"] == []
    assert first["fixes"][0]["safe"] is False and first["fixes"][0]["edits"][0]["text"] == "read"
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.code, copy.diagnostics) == (type(error), error.code, error.diagnostics)


def test_options(tmp_path: Path) -> None:
    with pytest.raises(passgate.OptionError):
        passgate.compile(SET, ip_unsupported="maybe")  # type: ignore[arg-type]
    with pytest.raises(passgate.OptionError):
        passgate.compile(SET, owner={"uni": "1"})
    with pytest.raises(passgate.FileError):
        passgate.load(tmp_path / "missing.gate")
    gate = passgate.compile("policy p { allow cvm:* } user u { attach p }", opaque="cvm")
    assert gate.allows("u", "cvm:RebootInstances")


def test_a_missing_name_is_told_with_the_nearest(gate: passgate.Gate) -> None:
    with pytest.raises(passgate.RequestError) as caught:
        gate.allows("alice", "PayOrder")
    assert caught.value.code == "unknown-action"
    assert caught.value.nearest[0].endswith("PayOrders")


def test_many_threads_ask_one_gate(partners: passgate.Gate) -> None:
    answers: list[bool] = []

    def ask() -> None:
        addresses = [f"203.0.113.{i % 190}" for i in range(500)]
        answers.extend(partners.allows("user:100001", "AllocateCreditPool", ip) for ip in addresses)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2000 and all(answers)


def test_a_check_opens_no_file_and_starts_no_process(partners: passgate.Gate, tmp_path: Path) -> None:
    """In a child whose limits allow neither a new file nor a new process."""
    resource = pytest.importorskip("resource")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
            resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
            opened = True
            try:
                os.open(tmp_path, os.O_RDONLY)
            except OSError:
                opened = False
            ask = partners.check
            said = [ask("user:100001", "AllocateCreditPool", f"198.51.100.{i % 64}") for i in range(1000)]
            code = 0 if all(said) and not opened else 1
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_all_actions_at_once() -> None:
    gate = passgate.load(Path(__file__).resolve().parents[3] / "examples" / "partners")
    names = gate.action_names()
    assert len(names) >= 238 and names == tuple(dict.fromkeys(names))
    some = 0
    for principal in ("root", "user:100001", gate.principal("user:100004"), "role:support", "user:stranger"):
        for ip in (None, "203.0.113.9", ipaddress.ip_address("198.51.100.130")):
            told = gate.actions(principal, ip)
            asked = principal.name if isinstance(principal, passgate.Principal) else principal
            assert told == {name for name in names if gate.allows(asked, name, ip)}
            bits = gate.action_bits(principal, ip)
            assert len(bits) == (len(names) + 7) // 8
            assert told == {name for at, name in enumerate(names) if bits[at // 8] >> at % 8 & 1}
            some += 0 < len(told) < len(names)
    assert some >= 4
    for slip, code in (("group:none", "unknown-group"), (7, "bad-request"), ("root", "bad-address")):
        with pytest.raises(passgate.RequestError) as caught:
            gate.actions(slip, "10.0.0")  # type: ignore[arg-type]
        assert caught.value.code == code
