"""For tests of plugins: figures over rows written by hand, made-up ledgers, one with a known truth, and the checks of `duban plugins check`.

Names are imported when they are first used: the checks do not need what makes up ledgers, and the other way round.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checking import check_plugin
    from .faults import Fault
    from .measured import figures
    from .strategies import ledgers, rows
    from .twins import twin

__all__ = ["Fault", "check_plugin", "figures", "ledgers", "rows", "twin"]

_MODULE_OF = {
    "Fault": "faults",
    "check_plugin": "checking",
    "figures": "measured",
    "ledgers": "strategies",
    "rows": "strategies",
    "twin": "twins",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
