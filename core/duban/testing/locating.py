"""From what the user calls a plugin to its module: the name of an installed one, a module, a folder or a file."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from duban.plugins import GROUP


@dataclass(frozen=True)
class Target:
    """A plugin that was found: its name, its home (the folder of a package, the file of a module), and how to load it.

    One that is not installed is registered beside the installed ones.
    """

    name: str
    home: Path
    load: Callable[[], object]
    is_installed: bool


def locate(package: str) -> Target | None:
    """Return the plugin that is meant, not yet imported; None where there is none."""
    points = {point.name: point for point in entry_points(group=GROUP)}
    if package in points:
        return _installed(points[package])
    path = Path(package)
    module = _importable(path) if path.exists() else package
    if module is None:
        return None
    home = _home(module)
    if home is None:
        return None
    point = points.get(module)
    if point is not None and _home(point.module) == home:
        return _installed(point)
    return Target(module, home, lambda: import_module(module), False)


def _installed(point: EntryPoint) -> Target:
    return Target(point.name, _home(point.module) or Path(point.module), point.load, True)


def _importable(path: Path) -> str | None:
    """Make what lies at a path importable, and return its name.

    A folder without code of its own is that of a project: its only package is meant, below `src` too.
    """
    path = path.resolve()
    if path.is_dir() and not (path / "__init__.py").is_file():
        inside = [
            place.parent for folder in (path, path / "src") for place in sorted(folder.glob("*/__init__.py"))
        ]
        found = [place for place in inside if place.name != "tests"]
        if len(found) != 1:
            return None
        path = found[0]
    elif path.is_file() and path.suffix != ".py":
        return None
    if path.name == "__init__.py":
        path = path.parent
    sys.path.insert(0, str(path.parent))
    return path.stem


def _home(module: str) -> Path | None:
    """Return the folder of a package or the file of a module, without importing it where that can be."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations))).resolve()
    return Path(spec.origin).resolve() if spec.origin else None
