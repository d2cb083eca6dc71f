"""What `import passgate` loads: nothing that takes longer than itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import passgate

PACKAGE = Path(passgate.__file__).parents[1]


def loaded(code: str) -> set[str]:
    """The modules that are loaded once this ran, without what the environment loads at the start."""
    told = f"{code}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-S", "-c", told],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_an_import_loads_no_more_than_the_package() -> None:
    more = loaded("import passgate") - loaded("")
    assert {name.split(".")[0] for name in more} <= {"passgate", "__future__"}, more


def test_diagnostic_is_there_when_asked_for() -> None:
    assert "passgate.diagnostic" in loaded(
        "from passgate import Diagnostic; assert Diagnostic.__annotations__"
    )
