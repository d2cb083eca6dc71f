"""Compiled files: they answer as their sets do, keep their settings, and are refused where damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import passgate
import pytest
from compiled_files import arguments, compiled
from test_vectors import SUITES, Suite, answer, compare, lay_out, same_call

LOADED = [suite for suite in SUITES if "refused" not in suite]
SET = """
use intlpartnersmgt
set owner.uin = "1"
policy desk { allow PayOrders from 203.0.113.0/24 }
user alice { attach desk }
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "set.gate").write_text(SET, encoding="utf-8")
    return compiled(folder / "set.gate", folder / "set.gatec")


@pytest.mark.parametrize("suite", LOADED, ids=[suite["name"] for suite in LOADED])
def test_suite(suite: Suite, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    path = lay_out(suite, folder)
    options = arguments(suite.get("options", {}), folder)
    gate = passgate.load(compiled(path, tmp_path / "set.gatec", options))
    faults = []
    for case in suite["cases"]:
        got = answer(gate, case)
        fault = compare(case, got) or same_call(gate, case, got)
        if fault:
            faults.append(f"{case['name']}: {fault}")
    assert not faults, "\n".join(faults)


def test_there_are_enough_vectors() -> None:
    assert sum(len(suite["cases"]) for suite in LOADED) >= 600


def test_a_compiled_file_carries_no_diagnostics(file: Path) -> None:
    gate = passgate.load(file)
    assert gate.diagnostics == []
    assert gate.allows("user:alice", "PayOrders", "203.0.113.9")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"catalogs": "shop.json"}, "catalog"),
        ({"boundary": "limit.json"}, "boundary"),
        ({"opaque": "cvm"}, "opaque"),
        ({"owner": {"uin": "2"}}, "owner"),
        ({"ip_unsupported": "evaluate"}, "ip-unsupported"),
        ({"strict": True}, "strict"),
    ],
    ids=["catalogs", "boundary", "opaque", "owner", "ip_unsupported", "strict"],
)
def test_an_option_that_would_change_it_is_refused(file: Path, options: dict[str, Any], key: str) -> None:
    with pytest.raises(passgate.OptionError) as caught:
        passgate.load(file, **options)
    assert (caught.value.code, caught.value.key) == ("bad-option", key)


def test_an_option_that_says_the_same_is_taken(file: Path) -> None:
    gate = passgate.load(file, owner={"uin": "1"}, ip_unsupported="withhold", strict=False)
    assert gate.allows("user:alice", "PayOrders", "203.0.113.9")


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "longer", "flipped", "odd"])
def test_another_file_is_no_compiled_file(file: Path, tmp_path: Path, damage: str) -> None:
    whole = file.read_bytes()
    middle = len(whole) // 8 * 4
    texts = {
        "empty": b"",
        "text": SET.encode(),
        "cut": whole[:middle],
        "longer": whole + bytes(4),
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "odd": whole[:-1],
    }
    wrong = tmp_path / "wrong.gatec"
    wrong.write_bytes(texts[damage])
    with pytest.raises(passgate.CompiledError) as caught:
        passgate.load(wrong)
    assert caught.value.code == "bad-compiled"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(passgate.FileError) as caught:
        passgate.load(tmp_path / "missing.gatec")
    assert caught.value.code == "bad-file"
