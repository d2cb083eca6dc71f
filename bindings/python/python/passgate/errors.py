"""What cannot be answered, as exceptions: one class for each kind of fault, a stable code in each.

The codes are the same in every language; `docs/errors.md` lists them. The messages are for people.
"""

from __future__ import annotations

# What checkers take for `typing.TYPE_CHECKING`, without loading `typing`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from passgate.diagnostic import Diagnostic


class GateError(Exception):
    """A call that could not be answered; never an allow, never a silent deny."""

    code: str
    """Stable code to switch on, such as `unknown-action`."""
    key: str | None
    """The request's member, context key or variable at fault, where there is one."""
    nearest: list[str]
    """Nearest valid spellings, best first."""
    diagnostics: list[Diagnostic]
    """What is wrong with the texts, as data."""
    row: int | None
    """The row of a batch at fault, from 0; `None` elsewhere."""

    def __init__(
        self,
        message: str,
        code: str = "internal",
        key: str | None = None,
        nearest: list[str] | None = None,
        diagnostics: list[Diagnostic] | None = None,
        row: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.key = key
        self.nearest = nearest or []
        self.diagnostics = diagnostics or []
        self.row = row

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.code, self.key, self.nearest, self.diagnostics, self.row)


class RequestError(GateError):
    """The request is at fault: an unknown action, a malformed address, resource, context or time."""


class PolicyError(GateError):
    """The policy set is refused; `.diagnostics` says where and why."""


class CatalogError(GateError):
    """A catalog is refused."""


class FileError(GateError):
    """A file cannot be read, or is of no known kind."""


class CompiledError(GateError):
    """A compiled file is damaged or of another version."""


class OptionError(GateError):
    """An option has no meaning here."""


class InternalError(GateError):
    """A fault of passgate itself."""


BY_CODE: dict[str, type[GateError]] = {
    "bad-policy": PolicyError,
    "bad-catalog": CatalogError,
    "bad-file": FileError,
    "bad-compiled": CompiledError,
    "bad-option": OptionError,
    "internal": InternalError,
}
"""The class of a code; every other code is a `RequestError`."""
