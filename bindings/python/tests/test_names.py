"""Names as types (`passgate catalog types`): mypy reports a misspelt one, and a gate takes every one."""

from __future__ import annotations

from typing import get_args

import passgate
import pytest
from partners_names import Action, Principal


def may(gate: passgate.Gate, principal: Principal, action: Action, ip: str | None = None) -> bool:
    return gate.allows(principal, action, ip)


def test_a_right_name_passes_the_checker_and_the_gate(partners: passgate.Gate) -> None:
    assert may(partners, "user:100001", "AllocateCreditPool", "203.0.113.9")
    assert may(partners, "role:nightly", "intlpartnersmgt:QueryDownloadList", "192.0.2.10")


def test_a_wrong_name_is_refused_by_both(partners: passgate.Gate) -> None:
    # `mypy --strict` reports an `ignore` that silences nothing, so it fails where a wrong name passes.
    with pytest.raises(passgate.RequestError):
        may(partners, "user:100001", "AllocateCreditPol")  # type: ignore[arg-type]
    assert not may(partners, "user:10001", "AllocateCreditPool")  # type: ignore[arg-type]


def test_a_gate_takes_every_name(partners: passgate.Gate) -> None:
    actions, principals = get_args(Action), get_args(Principal)
    assert len(actions) == 2 * 238 and len(principals) > 10
    for principal in principals:
        for action in actions:
            assert partners.check(principal, action).reason != "unknown-principal"
