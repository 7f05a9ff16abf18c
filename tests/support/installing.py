"""Plugins that are really installed: a module and the metadata of its distribution, on `sys.path`."""

from collections.abc import Mapping
from importlib import invalidate_caches
from pathlib import Path

HEAD = "from duban import *\nfrom duban import hookimpl\n"


def install(site: Path, name: str, code: str, *, distribution: str = "", version: str = "1.0") -> Path:
    """Write a module `name` with an entry point of that name, of the distribution named; return the module's file."""
    describe(site, distribution or name, version, {name: name})
    module = site / f"{name}.py"
    module.write_text(HEAD + code, "utf-8")
    # Python looks into a folder again only if its time of change has moved on.
    invalidate_caches()
    return module


def describe(site: Path, distribution: str, version: str, plugins: Mapping[str, str]) -> None:
    """Write the metadata of an installed distribution with these entry points."""
    folder = site / f"{distribution}-{version}.dist-info"
    folder.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    (folder / "METADATA").write_text(metadata, "utf-8")
    points = "".join(f"{name} = {value}\n" for name, value in plugins.items())
    (folder / "entry_points.txt").write_text(f"[duban]\n{points}", "utf-8")


def hook(kind: str, body: str) -> str:
    """Return the source of a hook whose body is one expression."""
    return f"@hookimpl\ndef register_{kind}():\n    return {body}\n"


def measures(*ids: str) -> str:
    """Return the source of a plugin with measures of these ids."""
    listed = ", ".join(f"Measure({id!r}, {id!r})" for id in ids)
    return hook("measures", f"[{listed}]")
