"""Compiled files for the tests: a policy set through `passgate compile`, the command of this checkout."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[3] / "target"
COMMANDS = [TARGET / profile / "passgate" for profile in ("release", "debug")]


def command() -> Path:
    """The command that was built last."""
    built = [path for path in COMMANDS if path.exists()]
    assert built, "there is no command: `make cli` builds it"
    return max(built, key=lambda path: path.stat().st_mtime)


def arguments(options: Mapping[str, Any], folder: Path) -> Iterable[str]:
    """Options of a load, as the command takes them."""
    for name, value in options.items():
        if name == "strict":
            yield from ["--strict"] if value else []
        elif name == "owner":
            yield from ["--owner", ",".join(f"{key}={number}" for key, number in value.items())]
        elif name == "ip_unsupported":
            yield from ["--ip-unsupported", value]
        elif name == "opaque":
            yield from (part for service in value for part in ("--opaque", service))
        else:
            flag = {"catalogs": "--catalog", "boundary": "--boundary"}[name]
            yield from (part for file in value for part in (flag, str(folder / file)))


def compiled(set_: Path, to: Path, options: Iterable[str] = ()) -> Path:
    done = subprocess.run([command(), "compile", set_, "-o", to, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return to
