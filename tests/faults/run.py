#!/usr/bin/env python3
"""Plants faults in the table and in the reference, one at a time; each must turn a vector or a property test red.

The faults are data: `faults.json` names a file of the workspace, a text that occurs in it exactly once, and what
stands there instead. The workspace is copied to `target/faults/tree`, so that nothing here is touched; it is built
with little optimisation and rebuilt for every fault.

    tests/faults/run.py              every fault
    tests/faults/run.py merge permid only those with one of these words in their name or file

Exit code: 0 when every fault was found, 1 when one was not, 2 when one could not be planted or built.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "faults"
TREE = WORK / "tree"
# What is asked until something turns red, in this order.
SUITES = [
    ["vectors::reference_and_table"],
    ["property::", "large::a_big", "large::many"],
]
CELLS = "60000"
LEAST = {"table": 12, "reference": 12}


def copy_tree() -> None:
    """The files that git knows, as they stand in the working folder; unchanged ones keep their age."""
    known = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    names = [name for name in known.split("\0") if name and (ROOT / name).is_file()]
    for name in names:
        source, target = ROOT / name, TREE / name
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    kept = set(names)
    for path in TREE.rglob("*"):
        if path.is_file() and str(path.relative_to(TREE)) not in kept:
            path.unlink()


def environment() -> dict[str, str]:
    corpus = os.environ.get("PASSGATE_CORPUS", str(ROOT / ".." / "shared" / "data"))
    return os.environ | {
        "CARGO_TARGET_DIR": str(WORK / "target"),
        "CARGO_INCREMENTAL": "1",
        "RUST_BACKTRACE": "0",
        "PASSGATE_CELLS": CELLS,
        "PASSGATE_FOUND": str(WORK / "found"),
        "PASSGATE_CORPUS": corpus,
    }


def build() -> str | None:
    """The test binary, or nothing where the build fails, also from scratch: a build that was cut off leaves rubble."""
    binary = build_once(quiet=True)
    if binary is None:
        clean = ["cargo", "clean", "--quiet", "--profile", "faults", "-p", "passgate"]
        subprocess.run(clean, cwd=TREE, env=environment())
        shutil.rmtree(WORK / "target" / "faults" / "incremental", ignore_errors=True)
        binary = build_once(quiet=False)
    return binary


def build_once(quiet: bool) -> str | None:
    """The test binary, or nothing where the build fails."""
    command = ["cargo", "test", "--profile", "faults", "-p", "passgate-harness", "--test", "all"]
    done = subprocess.run(
        [*command, "--no-run", "--message-format", "json-render-diagnostics"],
        cwd=TREE,
        env=environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        if not quiet:
            print(done.stderr, file=sys.stderr)
        return None
    artifacts = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    binaries = [a["executable"] for a in artifacts if a.get("executable")]
    return binaries[-1] if binaries else None


def run(binary: str) -> list[str]:
    """The tests that are red; the first red suite ends the run."""
    folder = TREE / "tests" / "harness"
    for suite in SUITES:
        done = subprocess.run(
            [binary, *suite], cwd=folder, env=environment(), capture_output=True, text=True, timeout=600
        )
        if done.returncode != 0:
            red = re.findall(r"^test (\S+) \.\.\. FAILED$", done.stdout, re.MULTILINE)
            return red or [f"ended with {done.returncode}"]
    return []


def plant(fault: dict[str, str]) -> str | None:
    """Writes the fault into the copy; what is wrong with it, if it cannot be planted."""
    path = TREE / fault["file"]
    text = path.read_text()
    times = text.count(fault["find"])
    if times != 1:
        return f"{fault['file']}: the text to replace occurs {times} times"
    path.write_text(text.replace(fault["find"], fault["replace"]))
    return None


def restore(fault: dict[str, str]) -> None:
    shutil.copyfile(ROOT / fault["file"], TREE / fault["file"])


def try_fault(fault: dict[str, str]) -> tuple[str, str]:
    """How it went (found, missed, broken) and what is to be said of it."""
    wrong = plant(fault)
    if wrong:
        return "broken", wrong
    try:
        binary = build()
        if binary is None:
            return "broken", "it does not build"
        red = run(binary)
    finally:
        restore(fault)
    return ("found", ", ".join(red)) if red else ("missed", "everything stayed green")


def main() -> int:
    faults = json.loads((pathlib.Path(__file__).parent / "faults.json").read_text())
    for room, least in LEAST.items():
        assert sum(f["room"] == room for f in faults) >= least, f"fewer than {least} faults in {room}"
    words = sys.argv[1:]
    if words:
        faults = [f for f in faults if any(w in f["name"] + f["file"] for w in words)]
    started = time.monotonic()
    copy_tree()
    binary = build()
    red = run(binary) if binary else ["the build"]
    if red:
        print(f"red without any fault: {', '.join(red)}")
        return 2
    print(f"everything is green without a fault ({time.monotonic() - started:.0f} s)", flush=True)
    outcomes = []
    for fault in faults:
        since = time.monotonic()
        outcome, told = try_fault(fault)
        outcomes.append(outcome)
        took = time.monotonic() - since
        print(f"{outcome:6} {fault['room']:9} {fault['name']}: {told} ({took:.0f} s)", flush=True)
    found, missed = outcomes.count("found"), outcomes.count("missed")
    print(f"faults: {found} of {len(faults)} found in {time.monotonic() - started:.0f} s")
    if "broken" in outcomes:
        return 2
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
