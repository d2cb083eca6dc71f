"""passgate: may this caller perform this API action from this address?

Load a policy set once, then ask it:

>>> import passgate
>>> gate = passgate.compile('''
... use intlpartnersmgt
... policy desk { allow PayOrders from 203.0.113.0/24 }
... user 100001 { attach desk }
... ''')
>>> gate.allows("user:100001", "PayOrders", "203.0.113.9")
True
>>> decision = gate.check("user:100001", "PayOrders", "192.0.2.1")
>>> bool(decision), decision.reason
(False, 'implicit-deny')

What cannot be answered raises a subclass of `GateError`, with a stable `.code`:

>>> try:
...     gate.allows("user:100001", "PayOrder", "203.0.113.9")
... except passgate.RequestError as error:
...     print(error.code, error.nearest)
unknown-action ['PayOrders']
"""

from passgate._passgate import (
    Action,
    Answers,
    Decision,
    Gate,
    Principal,
    Statement,
    __version__,
    compile,
    load,
)
from passgate.errors import (
    CatalogError,
    CompiledError,
    FileError,
    GateError,
    InternalError,
    OptionError,
    PolicyError,
    RequestError,
)

# What checkers take for `typing.TYPE_CHECKING`, without loading `typing`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from passgate.diagnostic import Diagnostic

__all__ = [
    "Action",
    "Answers",
    "CatalogError",
    "CompiledError",
    "Decision",
    "Diagnostic",
    "FileError",
    "Gate",
    "GateError",
    "InternalError",
    "OptionError",
    "PolicyError",
    "Principal",
    "RequestError",
    "Statement",
    "__version__",
    "compile",
    "load",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """`Diagnostic` is loaded when it is asked for."""
        if name == "Diagnostic":
            from passgate.diagnostic import Diagnostic

            return Diagnostic
        raise AttributeError(f"module `passgate` has no attribute `{name}`")
