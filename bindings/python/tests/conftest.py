"""Shared places: a gate over the example set."""

from pathlib import Path

import passgate
import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def partners() -> passgate.Gate:
    return passgate.load(ROOT / "examples" / "partners")
