"""The compiled part. Import from `passgate`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from os import PathLike
from typing import Any, Literal, TypeAlias, final

from passgate.diagnostic import Diagnostic
from passgate.errors import GateError

_Reason: TypeAlias = Literal[
    "allow", "root", "explicit-deny", "implicit-deny", "boundary", "unknown-principal"
]
_Address: TypeAlias = str | IPv4Address | IPv6Address
_Time: TypeAlias = str | datetime
_Scalar: TypeAlias = str | bool | int | float | Decimal | datetime | IPv4Address | IPv6Address
_Context: TypeAlias = Mapping[str, _Scalar | Sequence[_Scalar]]

__all__ = ["Decision", "Gate", "Statement", "__version__", "compile", "load"]

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
class Gate:
    """A loaded policy set. Immutable; any number of threads may ask it."""

    @property
    def diagnostics(self) -> list[Diagnostic]: ...
    def allows(
        self,
        principal: str,
        action: str,
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
        principal: str,
        action: str,
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
