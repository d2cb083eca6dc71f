"""Workloads as policy sets, for the benches in Python: of `benches/workloads`, and a floor bench's own.

A folder of a floor bench holds `names.txt` (users, a blank line, actions), `tables.bin` (user → class, segment
starts, rows of bits by class and segment) and `requests.tsv` (principal, action, address, 1 or 0).
"""

from __future__ import annotations

import json
import struct
from array import array
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from pathlib import Path
from typing import NamedTuple

SETTINGS = 'use = ["intlpartnersmgt"]\nip-unsupported = "evaluate"\n'


class Workload(NamedTuple):
    """A policy set, and requests with the answer that somebody else gave."""

    text: str
    requests: list[tuple[str, str, str]]
    expected: list[bool]

    def lay_out(self, folder: Path) -> Path:
        """Writes the set into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "passgate.toml").write_text(SETTINGS)
        (folder / "set.gate").write_text(self.text)
        return folder


def read(path: Path) -> Workload:
    """A neutral workload."""
    data = json.loads(path.read_text())
    lines: list[str] = []
    for policy in data["policies"]:
        lines.append(f"policy {policy['id']} {{")
        for statement in policy["statements"]:
            ip = statement.get("ip")
            where = f" {'not ' if ip['op'] == 'not_in' else ''}from {', '.join(ip['cidrs'])}" if ip else ""
            lines.append(f"    {statement['effect']} {', '.join(statement['actions'])}{where}")
        lines.append("}")
    for name, policies in data["principals"].items():
        lines.append(f"user {name} {{ attach {', '.join(policies)} }}")
    requests = [tuple(request) for request in data["requests"]]
    return Workload("\n".join(lines) + "\n", requests, [bool(answer) for answer in data["expected"]])


def read_floor(folder: Path) -> Workload:
    """The tables of a floor bench as policies: one a class, one statement for each row that it has."""
    users, actions = (part.split("\n") for part in (folder / "names.txt").read_text().split("\n\n"))
    blob = (folder / "tables.bin").read_bytes()
    bounds = struct.unpack_from("<12I", blob)
    parts = [blob[bounds[2 * i] : bounds[2 * i] + bounds[2 * i + 1]] for i in range(6)]
    classes, starts = array("H", parts[0]), list(array("I", parts[1]))
    words = array("I", parts[3])
    starts6 = [sum(words[i + k] << 96 - 32 * k for k in range(4)) for i in range(0, len(words), 4)]
    rowmap, bits = array("H", parts[4]), array("Q", parts[5])
    networks = segments(starts, IPv4Address, 32) + segments(starts6, IPv6Address, 128)
    lines = [f"network s{i} = {', '.join(prefixes)}" for i, prefixes in enumerate(networks)]
    used = sorted(set(rowmap))
    for row in used:
        named = [name for i, name in enumerate(actions) if bits[row * 4 + i // 64] >> (i % 64) & 1]
        lines.append(f"actions r{row} = {', '.join(named)}")
    for number in sorted(set(classes)):
        by_row: dict[int, list[str]] = {}
        for segment in range(len(networks)):
            by_row.setdefault(rowmap[number * len(networks) + segment], []).append(f"s{segment}")
        lines.append(f"policy c{number} {{")
        lines += [f"    allow r{row} from {', '.join(names)}" for row, names in by_row.items()]
        lines.append("}")
    lines += [f"user {name} {{ attach c{classes[i]} }}" for i, name in enumerate(users)]
    rows = [line.split("\t") for line in (folder / "requests.tsv").read_text().splitlines()]
    requests = [(row[0], row[1], row[2]) for row in rows]
    return Workload("\n".join(lines) + "\n", requests, [row[3] == "1" for row in rows])


def segments(
    starts: list[int], address: type[IPv4Address] | type[IPv6Address], width: int
) -> list[list[str]]:
    """The prefixes of each segment."""
    ends = [start - 1 for start in starts[1:]] + [2**width - 1]
    ranges = [summarize_address_range(address(a), address(b)) for a, b in zip(starts, ends, strict=True)]
    return [[str(prefix) for prefix in found] for found in ranges]
