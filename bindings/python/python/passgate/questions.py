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


Value = str | int | float | bool | list[str | int | float | bool] | None
"""A value of the context."""


class _Clause(TypedDict):
    clause: (
        Literal["principal"]
        | Literal["action"]
        | Literal["resource"]
        | Literal["address"]
        | Literal["condition"]
    )
    of: str | None
    """The key of a condition, or the resource of the call."""
    text: str
    holds: bool | None
    """`None` where it is open."""
    given: Literal["given"] | Literal["absent"] | Literal["withheld"]


class Clause(_Clause, total=False):
    """What a clause of a statement says of a call."""

    because: str
    """Why it does not hold or is open; only there where that is not plain."""


class ExplainedStatement(StatementPlace):
    """What a statement says of a call."""

    effect: Literal["allow"] | Literal["deny"]
    part: Literal["attached"] | Literal["boundary"] | Literal["elsewhere"]
    through: list[str]
    """Groups and roles through which it reaches the caller."""
    matches: bool | None
    decided: bool
    clauses: list[Clause]


class AddressChange(TypedDict):
    """Another address, or none."""

    change: Literal["address"]
    to: str | None
    within: str | None


class TimeChange(TypedDict):
    """Another time, or none."""

    change: Literal["time"]
    to: str | None
    since: str | None
    until: str | None


class ContextChange(TypedDict):
    """Another value of a key, or none."""

    change: Literal["context"]
    key: str
    to: Value


class JoinChange(TypedDict):
    """One more group, role or policy."""

    change: Literal["join"]
    to: str


class Proposal(TypedDict):
    """A call that would be allowed."""

    sentence: str
    changes: list[AddressChange | TimeChange | ContextChange | JoinChange]


class _Nearest(TypedDict):
    exact: bool
    proposals: list[Proposal]


class Nearest(_Nearest, total=False):
    """The nearest calls that would be allowed."""

    because: list[str]
    """Why there could be nearer ones; only there where there could."""


class ExplainedError(TypedDict):
    """Why a call is not decided."""

    code: str
    message: str
    key: str | None
    nearest: list[str]


class _Explanation(TypedDict):
    principal: str
    action: str
    ip: str | None
    resources: list[str] | None
    at: str | None
    context: dict[str, Value]
    sentence: str
    allowed: bool | None
    reason: str | None
    statements: list[ExplainedStatement]
    nearest: Nearest | None


class Explanation(_Explanation, total=False):
    """Why a call is allowed or refused, as `Gate.explain` answers."""

    error: ExplainedError
    """Only there where the call is not decided."""


class Stretch(TypedDict):
    """A stretch of time: from `since` on (`None`: since ever), before `until` (`None`: for ever)."""

    since: str | None
    until: str | None


class Allow(StatementPlace):
    """An allow, and how it reaches a caller."""

    through: list[str]


class Conflict(TypedDict):
    """Callers that can do both of a pair."""

    pair: list[str]
    principals: list[str]
    first: list[str]
    second: list[str]
    addresses: list[str]
    without: bool
    """Whether both are possible in calls without an address."""
    when: list[Stretch]
    timeless: bool
    """Whether both are possible in calls without a time."""
    first_through: list[Allow]
    second_through: list[Allow]


class _Conflicts(TypedDict):
    pairs: list[list[str]]
    exact: bool
    conflicts: list[Conflict]


class Conflicts(_Conflicts, total=False):
    """Who can do both of two things, as `Gate.conflicts` answers."""

    because: list[str]
    """Why there may be more; only there where there may."""


class Change(TypedDict):
    """What some callers gain and lose."""

    principals: list[str]
    gains: list[str]
    loses: list[str]


class Moment(TypedDict):
    """An instant at which rights change."""

    at: str
    changes: list[Change]


class _Forecast(TypedDict):
    since: str
    until: str
    principal: str | None
    exact: bool
    moments: list[Moment]


class Forecast(_Forecast, total=False):
    """What changes by itself, as `Gate.forecast` answers."""

    because: list[str]
    """Why there may be more; only there where there may."""


class Equal(TypedDict):
    """Callers of equal rights."""

    principals: list[str]
    actions: int
    rights: int
    """Actions, each once for each stretch of addresses."""
    same_policies: bool


class NearMember(TypedDict):
    """Callers of equal rights among nearly equal ones."""

    principals: list[str]
    beyond: list[str]
    """Actions of which they have more than all share."""


class Near(TypedDict):
    """Callers of nearly equal rights."""

    shared: int
    all: int
    share: int
    """In percent."""
    members: list[NearMember]


class _Roles(TypedDict):
    least: int
    exact: bool
    all_compared: bool
    equal: list[Equal]
    near: list[Near]
    single: int
    without: int


class Roles(_Roles, total=False):
    """Callers by their rights, as `Gate.roles` answers."""

    because: list[str]
    """Why answers are not exact; only there where they are not."""


class DecisionMembers(TypedDict):
    """A decision as data."""

    allowed: bool
    reason: str
    catalog: str | None
    statements: list[StatementPlace]


class CounterExample(TypedDict):
    """The smallest call that refutes an assert."""

    request: dict[str, object]
    """As `Gate.check_json` takes it."""
    prefix: str | None
    """The widest prefix around its address, all of which is answered alike."""
    decision: DecisionMembers


_Proof = TypedDict(
    "_Proof",
    {"assert": str, "verdict": Literal["proved"] | Literal["refuted"] | Literal["undecided"]},
)


class Proof(_Proof, total=False):
    """What was found about one assert; `assert` is its text."""

    counter_example: CounterExample
    """Where it is refuted."""
    because: list[str]
    """Where it is undecided: on what it depends."""


class Proved(TypedDict):
    """What was found about asserts, as `Gate.prove` answers."""

    verdict: Literal["proved"] | Literal["refuted"] | Literal["undecided"]
    """Refuted where one is, else undecided where one is, else proved."""
    exact: bool
    asserts: list[Proof]


class Size(TypedDict):
    """How big policies are."""

    statements: int
    elements: int
    """What stands between commas: actions, resources, addresses, values."""
    characters: int


class Certificate(TypedDict):
    """That a policy decides as it did: classes of actions compared, and those searched call by call."""

    classes: int
    searched: int


class ShrunkPolicy(TypedDict):
    """A policy and what became of it."""

    policy: str
    before: Size
    after: Size
    least: bool
    """No smaller policy covers the same cells, for certain."""
    certificate: Certificate


class LeftPolicy(TypedDict):
    """A policy that was left as it is."""

    policy: str
    why: str


class MinimizedFile(TypedDict):
    """A file of the set."""

    file: str
    changed: bool
    text: str


class Minimized(TypedDict):
    """The smallest equivalent policy set found, as `Gate.minimize` answers."""

    before: Size
    after: Size
    policies: list[ShrunkPolicy]
    left: list[LeftPolicy]
    files: list[MinimizedFile]
    documents: dict[str, list[str]]
    """The CAM documents of each policy, where they were asked for."""


class SuggestedPolicy(TypedDict):
    """A policy that is suggested."""

    policy: str
    principals: list[str]
    size: Size
    granted: str
    """Pairs of an action and an address, as digits."""
    over: str
    """Those of them that the log does not show, as digits."""
    least: bool


class LeftPrincipal(TypedDict):
    """A principal that nothing is suggested for."""

    principal: str
    why: str


class BrokenLine(TypedDict):
    """A line of the log that could not be used."""

    line: int
    code: str
    message: str


class LogCounts(TypedDict):
    """Lines of the log, by what became of them."""

    lines: int
    allowed: int
    denied: int
    root: int
    broken: int
    shown: list[BrokenLine]
    coarse: bool
    """Addresses were put together, because there were too many."""


class UnusedGrant(StatementPlace):
    """An allow of the present set of which something was never used."""

    whole: bool
    actions: int
    count: int
    unused: list[str]


class Suggested(TypedDict):
    """The smallest policies that allow what a log shows, as `Gate.suggest` answers."""

    text: str
    policies: list[SuggestedPolicy]
    left: list[LeftPrincipal]
    log: LogCounts
    checked: int
    unused: list[UnusedGrant]


class ChangedAction(TypedDict):
    """An action whose calls change."""

    action: str
    category: str | None
    """What the new catalog calls it, else the old one; `None` of an opaque service."""


class ChangedRight(Answer):
    """Calls that change alike for some actions: `always` are values with which every call changes."""

    actions: list[ChangedAction]
    example: dict[str, object] | None
    """A request that one set allows and the other does not, as `Gate.check_json` takes it."""


class CallerChange(TypedDict):
    """What some callers gain and lose."""

    principals: list[str]
    known: Literal["both"] | Literal["old"] | Literal["new"]
    """Which of the sets know them."""
    gains: list[ChangedRight]
    losses: list[ChangedRight]


class CatalogMember(TypedDict):
    """A member of a catalog file whose value differs; `None` where it is not stated."""

    what: str
    old: object
    new: object


class ListedAction(TypedDict):
    """An action that only one of two catalogs has."""

    name: str
    category: str
    granularity: str
    resources: list[str]
    ip_restriction: bool
    tag_authorization: bool


class CatalogAction(TypedDict):
    """An action that two catalogs say different things of."""

    name: str
    changes: list[CatalogMember]


class ServiceDiff(TypedDict):
    """What differs in one service of two catalogs."""

    service: str
    change: Literal["added"] | Literal["removed"] | Literal["changed"]
    old_version: str | None
    new_version: str | None
    facts: list[CatalogMember]
    added: list[ListedAction]
    removed: list[ListedAction]
    changed: list[CatalogAction]


class CatalogDiff(TypedDict):
    """What differs between two catalogs."""

    services: list[ServiceDiff]


class _Diff(TypedDict):
    principal: str | None
    empty: bool
    """Whether no right changes."""
    exact: bool
    callers: int
    """How many were compared."""
    settings: list[str]
    """Settings that decide and differ."""
    catalogs: CatalogDiff
    changes: list[CallerChange]


class Diff(_Diff, total=False):
    """Who gains and who loses what between two sets, as `Gate.diff` answers."""

    because: str
    """Why there may be more; only there where there may."""


class Reach(TypedDict):
    """Shares of all addresses, added up over actions and principals."""

    exposure: float
    """The mean of both families."""
    v4: float
    v6: float


class PrincipalExposure(Reach):
    """How far a set is open to one principal."""

    principal: str
    categories: dict[str, Reach]


class Exposure(Reach):
    """How far a set is open, as `Gate.exposure` answers."""

    exact: bool
    """Where it is not, the figures may be too large."""
    categories: dict[str, Reach]
    principals: list[PrincipalExposure]


class ExposureChange(TypedDict):
    """How far two sets are open and what the later one has more, as `Gate.exposure` answers with a gate."""

    old: Exposure
    new: Exposure
    change: Exposure


class MovedAction(TypedDict):
    """An action that two catalogs say different things of."""

    action: str
    became: Literal["added"] | Literal["removed"] | Literal["changed"]
    old_category: str | None
    new_category: str | None


class DriftChange(TypedDict):
    """What changes alike for some callers and some actions."""

    change: Literal["gains"] | Literal["loses"] | Literal["changes"]
    principals: list[str]
    actions: list[MovedAction]
    before: Answer
    after: Answer
    statements: list[StatementPlace]


class Drift(TypedDict):
    """Who gains and who loses what when the catalog changes, as `Gate.drift` answers."""

    services: list[ServiceDiff]
    exact: bool
    changes: list[DriftChange]


class LockedAction(TypedDict):
    """An action that a pattern stands for."""

    action: str
    category: str


class PatternPlace(TypedDict):
    """A place where a pattern is written."""

    file: str
    line: int
    column: int


class _Pattern(TypedDict):
    pattern: str
    use: list[str]
    """The services that its bare names mean."""
    policy: str | None
    """The instance of a template whose parameter it names."""


class Pattern(_Pattern):
    """A pattern of a set and what it stands for."""

    places: list[PatternPlace]
    actions: list[LockedAction]


class CatalogVersion(TypedDict):
    """The version of a catalog."""

    service: str
    version: str


class Lock(TypedDict):
    """What the patterns of a set stand for, as `Gate.lock` answers."""

    text: str
    """The lock to keep."""
    catalogs: list[CatalogVersion]
    patterns: list[Pattern]


class ChangedVersion(TypedDict):
    """A catalog of another version than the lock names; `None` where one of them has none."""

    service: str
    locked: str | None
    now: str | None


class ChangedPattern(_Pattern):
    """A pattern that stands for other actions than it was locked with."""

    places: list[PatternPlace]
    added: list[LockedAction]
    removed: list[LockedAction]


class StalePattern(_Pattern):
    """A pattern of the lock that the set does not have."""

    line: int
    """In the lock, from 1."""
    actions: list[LockedAction]


class LockComparison(TypedDict):
    """How a set differs from a lock, as `Gate.lock` answers with the text of one."""

    same: bool
    catalogs: list[ChangedVersion]
    changed: list[ChangedPattern]
    unlocked: list[Pattern]
    stale: list[StalePattern]
