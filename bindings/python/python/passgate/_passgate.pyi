"""The compiled part. Import from `passgate`."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias, final, overload

from passgate.diagnostic import Diagnostic
from passgate.errors import GateError
from passgate.questions import (
    Conflicts,
    Diff,
    Drift,
    Explanation,
    Exposure,
    ExposureChange,
    Forecast,
    Lock,
    LockComparison,
    Minimized,
    Proved,
    Roles,
    Suggested,
    What,
    Who,
)

_Reason: TypeAlias = Literal[
    "allow", "root", "explicit-deny", "implicit-deny", "boundary", "unknown-principal"
]
_Address: TypeAlias = str | IPv4Address | IPv6Address
_Time: TypeAlias = str | datetime
_Scalar: TypeAlias = str | bool | int | float | Decimal | datetime | IPv4Address | IPv6Address
_Context: TypeAlias = Mapping[str, _Scalar | Sequence[_Scalar]]

class _ArrowArray(Protocol):
    def __arrow_c_array__(self) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self) -> object: ...

class _Listed(Protocol):
    def tolist(self) -> Any: ...

_Column: TypeAlias = Iterable[str | Principal | Action | None] | _ArrowArray | _ArrowStream | _Listed
_Addresses: TypeAlias = Iterable[_Address | None] | _ArrowArray | _ArrowStream | _Listed
_Numbers: TypeAlias = int | list[int] | tuple[int, ...] | array[int] | _ArrowArray | _ArrowStream | _Listed

__all__ = [
    "Action",
    "Answers",
    "Decision",
    "Gate",
    "Principal",
    "Statement",
    "__version__",
    "compile",
    "load",
]

__version__: str

@final
class Statement:
    """A statement that decided, by place."""

    @property
    def policy(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...

@final
class Decision:
    """The answer to a request; true when allowed."""

    @property
    def allowed(self) -> bool: ...
    @property
    def reason(self) -> _Reason: ...
    @property
    def catalog(self) -> str | None: ...
    @property
    def statements(self) -> tuple[Statement, ...]: ...
    @property
    def message(self) -> str | None: ...
    def __bool__(self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...

@final
class Action:
    """An action of a gate, resolved once for many checks."""

    @property
    def name(self) -> str: ...

@final
class Principal:
    """A principal of a gate, resolved once for many checks."""

    @property
    def name(self) -> str: ...
    def allows(
        self,
        action: str | Action,
        ip: _Address | None = None,
        resource: str | Sequence[str] | None = None,
        context: _Context | None = None,
        at: _Time | None = None,
        account: Mapping[str, str] | None = None,
        groups: Sequence[str] | None = None,
        roles: Sequence[str] | None = None,
        policies: Sequence[str] | None = None,
    ) -> bool: ...
    def check(
        self,
        action: str | Action,
        ip: _Address | None = None,
        resource: str | Sequence[str] | None = None,
        context: _Context | None = None,
        at: _Time | None = None,
        account: Mapping[str, str] | None = None,
        groups: Sequence[str] | None = None,
        roles: Sequence[str] | None = None,
        policies: Sequence[str] | None = None,
    ) -> Decision: ...

@final
class Answers:
    """For each row of a batch whether it is allowed; `None` where it could not be answered."""

    @property
    def errors(self) -> list[GateError]: ...
    def to_list(self) -> list[bool | None]: ...
    def to_numpy(self) -> Any: ...
    def __len__(self, /) -> int: ...
    def __getitem__(self, index: int, /) -> bool | None: ...
    def __iter__(self, /) -> Iterator[bool | None]: ...
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

@final
class Gate:
    """A loaded policy set. Immutable; any number of threads may ask it."""

    @property
    def diagnostics(self) -> list[Diagnostic]: ...
    def allows(
        self,
        principal: str | Principal,
        action: str | Action,
        ip: _Address | None = None,
        resource: str | Sequence[str] | None = None,
        context: _Context | None = None,
        at: _Time | None = None,
        account: Mapping[str, str] | None = None,
        groups: Sequence[str] | None = None,
        roles: Sequence[str] | None = None,
        policies: Sequence[str] | None = None,
    ) -> bool: ...
    def check(
        self,
        principal: str | Principal,
        action: str | Action,
        ip: _Address | None = None,
        resource: str | Sequence[str] | None = None,
        context: _Context | None = None,
        at: _Time | None = None,
        account: Mapping[str, str] | None = None,
        groups: Sequence[str] | None = None,
        roles: Sequence[str] | None = None,
        policies: Sequence[str] | None = None,
    ) -> Decision: ...
    def check_many(self, requests: Iterable[Mapping[str, Any]]) -> list[Decision | GateError]: ...
    def check_json(self, line: str) -> Decision: ...
    def actions(self, principal: str | Principal, ip: _Address | None = None) -> frozenset[str]: ...
    def action_bits(self, principal: str | Principal, ip: _Address | None = None) -> bytes: ...
    def action_names(self) -> tuple[str, ...]: ...
    def explain(
        self,
        principal: str | Principal,
        action: str | Action,
        ip: _Address | None = None,
        resource: str | Sequence[str] | None = None,
        context: _Context | None = None,
        at: _Time | None = None,
        account: Mapping[str, str] | None = None,
        groups: Sequence[str] | None = None,
        roles: Sequence[str] | None = None,
        policies: Sequence[str] | None = None,
        *,
        brief: bool | None = None,
        all: bool | None = None,
    ) -> Explanation: ...
    def conflicts(self, pair: str | Sequence[str]) -> Conflicts: ...
    def forecast(
        self, since: _Time, until: _Time, *, principal: str | Principal | None = None
    ) -> Forecast: ...
    def diff(self, other: Gate, *, principal: str | Principal | None = None) -> Diff: ...
    @overload
    def exposure(self, later: None = None) -> Exposure: ...
    @overload
    def exposure(self, later: Gate) -> ExposureChange: ...
    def drift(self, new: Gate) -> Drift: ...
    @overload
    def lock(self, lock: None = None) -> Lock: ...
    @overload
    def lock(self, lock: str) -> LockComparison: ...
    def roles(self, *, least: int | None = None) -> Roles: ...
    def prove(self, asserts: Sequence[str]) -> Proved: ...
    def minimize(self, *, documents: bool | None = None, max_size: int | None = None) -> Minimized: ...
    def suggest(
        self,
        log: str,
        *,
        categories: Sequence[str] | None = None,
        shortest_prefix: int | None = None,
        shortest_prefix_v6: int | None = None,
        per_role: bool | None = None,
    ) -> Suggested: ...
    def what(
        self,
        principal: str | Principal,
        *,
        ip: _Address | None = None,
        resource: str | None = None,
        at: _Time | None = None,
    ) -> What: ...
    def who(
        self,
        action: str | Action,
        *,
        ip: _Address | None = None,
        resource: str | None = None,
        at: _Time | None = None,
    ) -> Who: ...
    def principal(self, name: str) -> Principal: ...
    def action(self, name: str) -> Action: ...
    def allows_many(
        self,
        principals: str | Principal | _Column,
        actions: str | Action | _Column,
        ips: _Address | _Addresses | None = None,
        *,
        errors: Literal["raise", "null"] = "raise",
    ) -> Answers: ...
    def allows_many_ids(
        self,
        principals: _Numbers,
        actions: _Numbers,
        ips: _Numbers | bytes | bytearray | None = None,
        *,
        errors: Literal["raise", "null"] = "raise",
    ) -> Answers: ...
    def principal_ids(self, names: _Column) -> array[int]: ...
    def action_ids(self, names: _Column) -> array[int]: ...

def load(
    path: str | PathLike[str],
    *,
    catalogs: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None,
    opaque: str | Sequence[str] | None = None,
    owner: Mapping[str, str] | None = None,
    ip_unsupported: Literal["withhold", "evaluate", "refuse"] | None = None,
    boundary: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None,
    strict: bool = False,
) -> Gate: ...
def compile(
    text: str,
    *,
    catalogs: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None,
    opaque: str | Sequence[str] | None = None,
    owner: Mapping[str, str] | None = None,
    ip_unsupported: Literal["withhold", "evaluate", "refuse"] | None = None,
    boundary: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None,
    strict: bool = False,
) -> Gate: ...
