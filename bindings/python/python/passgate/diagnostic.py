"""Diagnostics as data, the same members in every language; `docs/errors.md` has their shape.

Loaded when it is asked for: `typing` takes longer than the rest of the package.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class Place(TypedDict):
    """A place in a text: lines and columns from 1, columns in code points, an end just past the last."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Label(Place):
    """A place with a word about it."""

    text: str


class Edit(Place):
    """Text that takes the place of other text; where start and end are one place, it is inserted."""

    text: str


class Fix(TypedDict):
    """A way to mend what a diagnostic speaks of: its edits, all or none."""

    title: str
    safe: bool
    """Whether it may be applied without asking."""
    edits: list[Edit]


class _Told(Place):
    code: str
    level: Literal["error", "warning", "note"]
    message: str
    labels: list[Label]
    notes: list[str]
    help: str | None
    fixes: list[Fix]
    nearest: list[str]


class Diagnostic(_Told, total=False):
    """One thing to say about a text of the set."""

    path: str
    """Place in a CAM document, such as `statement[0].action[2]`; only for those."""
