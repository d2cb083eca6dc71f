"""Handles of principals and actions, and the entry that takes three texts where they lie."""

from __future__ import annotations

import inspect
import ipaddress
import threading
from typing import Any

import passgate
import pytest

SET = """
use intlpartnersmgt
policy desk {
    allow PayOrders from 203.0.113.0/24
    allow QueryArea when level < 3
}
user alice { attach desk }
role ops { attach desk }
group staff { attach desk }
"""


@pytest.fixture(scope="module")
def gate() -> passgate.Gate:
    return passgate.compile(SET)


def same(calls: list[Any]) -> Any:
    """What all of these calls say: an answer, or an error's class, code, key and message."""
    said = []
    for call in calls:
        try:
            said.append(call())
        except Exception as error:
            said.append((type(error), getattr(error, "code", None), getattr(error, "key", None), str(error)))
    assert all(one == said[0] for one in said), said
    return said[0]


@pytest.mark.parametrize(
    ("principal", "action", "ip", "expected"),
    [
        ("user:alice", "intlpartnersmgt:PayOrders", "203.0.113.9", True),
        ("alice", "PayOrders", "::ffff:203.0.113.9", True),
        ("alice", "PayOrders", "2001:db8::1", False),
        ("role:ops", "PayOrders", "203.0.113.9", True),
        ("group:staff", "PayOrders", "203.0.113.9", True),
        ("nobody", "PayOrders", "203.0.113.9", False),
        ("röle", "PayOrders", "203.0.113.9", False),
        ("root", "PayOrders", None, True),
        ("alice", "PayOrders", None, False),
    ],
)
def test_every_way_to_ask_says_the_same(
    gate: passgate.Gate, principal: str, action: str, ip: str | None, expected: bool
) -> None:
    who, what = gate.principal(principal), gate.action(action)
    ways = [
        lambda: gate.allows(principal, action, ip),
        lambda: gate.allows(principal, action=action, ip=ip),
        lambda: gate.allows(ip=ip, action=action, principal=principal),
        lambda: gate.allows(principal, action, ip, None, None),
        lambda: gate.allows(who, what, ip),
        lambda: passgate.Gate.allows(gate, principal, action, ip),
        lambda: who.allows(what, ip),
        lambda: who.allows(action, ip),
        lambda: who.allows(action, ip=ip),
        lambda: who.allows(action, ip, None),
        lambda: bool(who.check(what, ip)),
        lambda: bool(who.check(action, ip=ip)),
        lambda: bool(gate.check(principal, action, ip)),
    ]
    if ip is not None:
        ways += [lambda: gate.allows(principal, action, ipaddress.ip_address(ip))]
        ways += [lambda: who.allows(what, ipaddress.ip_address(ip))]
    else:
        ways += [lambda: gate.allows(principal, action), lambda: who.allows(what)]
    assert same(ways) is expected


@pytest.mark.parametrize(
    ("principal", "action", "ip"),
    [
        ("alice", "PayOrder", "203.0.113.9"),
        ("alice", "PayOrders", "203.0.113.009"),
        ("alice", "PayOrders", ""),
        ("alice", "QueryArea\0", None),
        ("\ud800", "QueryArea", None),
        ("alice", "\ud800", None),
        ("alice", "QueryArea", "\ud800"),
        (7, "QueryArea", None),
        ("alice", b"QueryArea", None),
        ("alice", "QueryArea", 7),
        (None, None, None),
    ],
    ids=repr,
)
def test_errors_of_the_entry_are_those_of_the_call(
    gate: passgate.Gate, principal: Any, action: Any, ip: Any
) -> None:
    ways = [
        lambda: gate.allows(principal, action, ip),
        lambda: gate.allows(principal, action, ip=ip),
        lambda: gate.allows(principal=principal, action=action, ip=ip),
        lambda: bool(gate.check(principal, action, ip)),
    ]
    if principal == "alice":
        who = gate.principal("alice")
        ways += [lambda: who.allows(action, ip), lambda: bool(who.check(action, ip))]
    said = same(ways)
    assert issubclass(said[0], passgate.RequestError)


def test_arguments_that_do_not_fit(gate: passgate.Gate) -> None:
    allows: Any = gate.allows
    of_alice: Any = gate.principal("alice").allows
    for call in (
        lambda: allows(),
        lambda: allows("alice"),
        lambda: allows("alice", "QueryArea", None, who=1),
        lambda: allows("alice", "QueryArea", action="QueryArea"),
        lambda: allows(*["alice"] * 11),
        lambda: of_alice(*["QueryArea"] * 10),
        lambda: passgate.Gate.allows("gate", "alice", "QueryArea"),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            call()


def test_texts_of_every_kind(gate: passgate.Gate) -> None:
    class Name(str):
        pass

    assert gate.allows(Name("alice"), Name("PayOrders"), Name("203.0.113.9"))
    assert gate.allows("".join(["al", "ice"]), "PayOrders", str(b"203.0.113.9", "ascii"))
    assert not gate.allows("alice\u0301", "PayOrders", "203.0.113.9")


def test_a_handle_takes_all_that_a_call_takes(gate: passgate.Gate) -> None:
    alice, area = gate.principal("alice"), gate.action("QueryArea")
    assert alice.allows(area, context={"level": 2}) and not alice.allows("QueryArea", context={"level": 3})
    assert alice.check(area, context={"level": 2}) == gate.check("alice", "QueryArea", context={"level": 2})
    assert gate.check(alice, area, context={"level": 2}).allowed
    assert alice.allows("PayOrders", "203.0.113.9", at="2026-01-01T00:00:00Z")
    with pytest.raises(passgate.RequestError) as caught:
        alice.allows(area, context={"level": "high"})
    assert caught.value.code == "bad-context"


def test_a_handle_of_another_gate_is_read_by_its_name(gate: passgate.Gate) -> None:
    other = passgate.compile("policy p { allow cvm:* } user alice { attach p }", opaque="cvm")
    reboot = other.action("cvm:Reboot")
    assert other.principal("alice").allows(reboot)
    with pytest.raises(passgate.RequestError) as caught:
        gate.principal("alice").allows(reboot)
    assert caught.value.code == "unknown-action"
    assert gate.principal("alice").allows(gate.action("PayOrders"), "203.0.113.9")


def test_names_that_have_no_handle(gate: passgate.Gate) -> None:
    with pytest.raises(passgate.RequestError) as caught:
        gate.action("PayOrder")
    assert caught.value.code == "unknown-action" and caught.value.nearest
    with pytest.raises(passgate.RequestError) as caught:
        gate.principal("group:none")
    assert caught.value.code == "unknown-group"


def test_handles_say_what_they_are(gate: passgate.Gate) -> None:
    assert repr(gate.principal("alice")) == "Principal(alice)" and gate.principal("alice").name == "alice"
    assert (
        repr(gate.action("PayOrders")) == "Action(PayOrders)" and gate.action("PayOrders").name == "PayOrders"
    )


def test_a_handle_keeps_its_gate() -> None:
    alice = passgate.compile(SET).principal("alice")
    assert alice.allows("PayOrders", "203.0.113.9") and alice.allows("QueryArea", context={"level": 1})


def test_the_entry_keeps_name_signature_and_words(gate: passgate.Gate) -> None:
    for method in (passgate.Gate.allows, passgate.Principal.allows):
        names = list(inspect.signature(method).parameters)
        assert names[0] == "self" and names[-1] == "policies" and method.__name__ == "allows"
        assert method.__doc__ is not None and "Raises `RequestError`" in method.__doc__
        assert method.__qualname__.endswith(".allows")
    bound = gate.allows
    assert bound("alice", "PayOrders", "203.0.113.9") and bound("alice", "PayOrders", ip="203.0.113.9")


def test_threads_share_handles(gate: passgate.Gate) -> None:
    alice, pay = gate.principal("alice"), gate.action("PayOrders")
    answers: list[bool] = []

    def ask() -> None:
        answers.extend(alice.allows(pay, f"203.0.113.{i % 256}") for i in range(1000))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4000 and all(answers)
