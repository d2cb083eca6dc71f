"""Answers of questions about a whole set, the same members in every language; `docs/cli.md` explains them.

Types only: an answer is plain dictionaries, lists, texts, numbers and booleans.
"""

from __future__ import annotations

from typing import Literal, TypedDict

Standing = Literal["always"] | Literal["depends"] | Literal["never"]
"""What becomes of some calls: all are allowed, some, none."""


class OnAddress(TypedDict):
    """The caller's address decides."""

    what: Literal["address"]
    always: list[str]
    """The fewest prefixes from which every call is allowed."""
    depends: list[str]
    """The fewest from which it depends on more."""
    without: Standing
    """A call without an address."""


class Window(TypedDict):
    """A stretch of time: from `since` on (`None`: since ever), before `until` (`None`: for ever)."""

    since: str | None
    until: str | None
    answer: Standing


class OnTime(TypedDict):
    """The time decides."""

    what: Literal["time"]
    windows: list[Window]
    without: Standing


class KeyValue(TypedDict):
    """A value of a key, one of a kind that is told apart."""

    value: str | int | float | bool | list[str | int | float | bool] | None
    answer: Standing


class OnKey(TypedDict):
    """A key of the context decides."""

    what: Literal["key"]
    key: str
    values: list[KeyValue]
    without: Standing


class AccountNumbers(TypedDict):
    """Account numbers as a call may give them."""

    uin: str | None
    owner_uin: str | None
    app_id: str | None
    answer: Standing


class OnAccount(TypedDict):
    """The account numbers of a call decide."""

    what: Literal["account"]
    numbers: list[AccountNumbers]


class ResourcePattern(TypedDict):
    """A pattern as the policies write it."""

    pattern: str
    answer: Standing


class OnResource(TypedDict):
    """The resource decides."""

    what: Literal["resource"]
    patterns: list[ResourcePattern]
    others: Standing


Dependence = OnAddress | OnTime | OnKey | OnAccount | OnResource
"""One dimension that decides; `what` says which."""


class _Answer(TypedDict):
    answer: Standing
    exact: bool
    on: list[Dependence]


class Answer(_Answer, total=False):
    """What becomes of calls, and on what it depends."""

    because: list[str]
    """Why it is not exact; only there where it is not."""


class ActionAnswer(Answer):
    """What becomes of the calls of one action."""

    action: str
    category: str | None
    """What the catalog calls it; `None` of an opaque service."""


class _What(TypedDict):
    principal: str
    known: bool
    ip: str | None
    resource: str | None
    at: str | None
    exact: bool
    actions: list[ActionAnswer]


class What(_What, total=False):
    """What a principal may do, as `Gate.what` answers."""

    because: str
    """Why there may be actions beside these; only there where there may."""


class CallerAnswer(Answer):
    """Callers that are answered alike."""

    principals: list[str]


class StatementPlace(TypedDict):
    """A statement by its place."""

    policy: str
    id: str
    file: str
    line: int
    column: int


class Who(TypedDict):
    """Who may perform an action, as `Gate.who` answers."""

    action: str
    ip: str | None
    resource: str | None
    at: str | None
    exact: bool
    callers: list[CallerAnswer]
    never: int
    """How many callers never may."""
    statements: list[StatementPlace]
    """Without these, no caller with policies may."""
