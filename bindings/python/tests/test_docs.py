"""The examples in the package's own documentation run."""

import doctest
import re
from pathlib import Path

import passgate
import pytest

PACKAGE = Path(__file__).resolve().parents[1]


def test_docstrings() -> None:
    failed, tried = doctest.testmod(passgate)
    assert failed == 0 and tried > 5


def test_page_about_python() -> None:
    page = PACKAGE.parents[1] / "docs" / "python.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert failed == 0 and tried > 5


@pytest.mark.parametrize("readme", [PACKAGE / "README.md", PACKAGE.parents[1] / "README.md"])
def test_readme(monkeypatch: pytest.MonkeyPatch, readme: Path) -> None:
    monkeypatch.chdir(PACKAGE.parents[1])
    text = readme.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    for block in blocks:
        names: dict[str, object] = {}
        for line in block.splitlines():
            code, _, expected = line.partition("  # ")
            if expected:
                assert repr(eval(code, names)) == expected.strip(), line
            else:
                exec(line, names)
