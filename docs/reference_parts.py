"""What the reference pages are put together of: lines of tables, and what is registered by plugin and module."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import TypeVar

from duban.measures import Measure
from duban.methods import DerivedColumn
from duban.registry import installed
from duban.tables import Table

Item = TypeVar("Item", Measure, Table, DerivedColumn)


def row(*cells: str) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def header(*cells: str) -> str:
    """Return the first two lines of a table."""
    return row(*cells) + row(*("---" for _ in cells))


def code(text: str) -> str:
    """Return a text as it is written in a file."""
    return f"`{text}`"


def by_module(kind: str, items: Mapping[str, Item]) -> Iterator[tuple[str, ModuleType, Sequence[Item]]]:
    """Yield what is registered by plugin and by the module that holds it, in the order in which the plugin gives it."""
    origins = installed().origins
    for plugin in sorted({origins[kind, name] for name in items}):
        package = import_module(plugin)
        found: dict[str, list[Item]] = {}
        modules = {module.__name__: module for module in modules_of(package)}
        for item in getattr(package, f"register_{kind}")():
            home = next((name for name, module in modules.items() if holds(module, item)), plugin)
            found.setdefault(home, []).append(item)
        for name, held in found.items():
            yield plugin, modules.get(name, package), sorted(held, key=lambda item: item.id)


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """Yield the modules of a package."""
    for module in walk_packages(getattr(package, "__path__", ()), f"{package.__name__}."):
        yield import_module(module.name)


def holds(module: ModuleType, item: object) -> bool:
    """Return whether a module has the thing among its names, or in a list of its own."""
    values = [value for value in vars(module).values() if isinstance(value, list | tuple)]
    return any(item is one for value in (list(vars(module).values()), *values) for one in value)


def heading(plugin: str, module: ModuleType) -> str:
    """Return the heading of a module: its plugin, and what its docstring calls it before the colon."""
    title = (module.__doc__ or module.__name__).split("\n")[0].split(":")[0]
    return f"## {plugin}: {title}\n\n"
