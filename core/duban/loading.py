"""From `ruleset.toml` and `duban.toml` to their models: inheritance, then validation with line and column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .documents import Document, KeyPath, nearest_position, read_document
from .errors import Position, RulesetError, WorkspaceError, raise_all
from .methods import DataFolder
from .ruleset import Ruleset
from .validation import validated
from .workspace import OpenedWorkspace, Workspace

LONGEST_EXTENDS = 10
# Sections whose keys are ids: a child changes one key of one id.
BY_ID = (
    "deadlines",
    "ratings",
    "scales",
    "measures",
    "sheets",
    "dimensions",
    "criteria",
    "adjustments",
    "gates",
    "groups",
    "grades",
    "selections",
)
# Sections that are themselves one thing: a child changes one key.
BY_KEY = ("outcomes", "ranking")
# Of these keys a thing has one: the child's takes the place of the parent's.
_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "deadlines": ("months", "days", "working_days", "date"),
    "measures": ("hit", "value"),
}


@dataclass(frozen=True)
class LoadedRuleset:
    """A ruleset after inheritance, with the place of every key."""

    ruleset: Ruleset
    starts: Mapping[KeyPath, Position]
    keys: Mapping[KeyPath, Position]
    file: str
    files: tuple[str, ...]

    def at(self, path: KeyPath) -> Position:
        """Return where the value at a path stands, or the nearest key above it."""
        return nearest_position(self.starts, path, self.file)

    def key_at(self, path: KeyPath) -> Position:
        """Return where the key at a path stands, or the nearest one above it."""
        return nearest_position(self.keys, path, self.file)


@dataclass(frozen=True)
class _Layer:
    """What inheritance has put together so far."""

    values: dict[str, Any]
    starts: dict[KeyPath, Position]
    keys: dict[KeyPath, Position]
    files: tuple[str, ...]


def load_workspace(folder: Path) -> tuple[OpenedWorkspace, Callable[[KeyPath], Position]]:
    """Read a workspace's `duban.toml`; the second result tells where each of its keys stands.

    Raises: WorkspaceError.
    """
    path = folder / "duban.toml"
    try:
        document = read_document(path, "duban.toml", WorkspaceError)
    except WorkspaceError as error:
        if error.code != "file_not_found":
            raise
        # Where it was looked for is what somebody in the wrong folder has to see.
        raise WorkspaceError(error.code, str(path)) from None
    workspace = validated(Workspace, document.values, document.at, document.key_at, WorkspaceError)
    return OpenedWorkspace(folder=folder.resolve(), workspace=workspace), document.at


def load_ruleset(
    name: str, root: Path, at: Position | str, shipped: Mapping[str, DataFolder]
) -> LoadedRuleset:
    """Load a ruleset by the id of a shipped one, or by a path inside the folder `root`.

    What it extends is an id, or a path from the file that says so, inside the same folder.

    Raises: RulesetError; several errors of the file are reported together.
    """
    layer = _resolve(name, _Place(root, root), at, shipped, ())
    file = layer.files[0]

    def position(path: KeyPath) -> Position:
        return nearest_position(layer.starts, path, file)

    def key_position(path: KeyPath) -> Position:
        return nearest_position(layer.keys, path, file)

    ruleset = validated(Ruleset, layer.values, position, key_position, RulesetError)
    return LoadedRuleset(ruleset, layer.starts, layer.keys, file, layer.files)


class _Place(NamedTuple):
    """Where a path is looked up: from the folder `base`, and nowhere outside the folder `root`."""

    root: Path
    base: Path


def _resolve(
    name: str, place: _Place, at: Position | str, shipped: Mapping[str, DataFolder], seen: tuple[str, ...]
) -> _Layer:
    document, below, identity = _opened(name, place, at, shipped)
    if identity in seen:
        raise RulesetError("extends_cycle", at, chain=" → ".join(_short(item) for item in (*seen, identity)))
    if len(seen) >= LONGEST_EXTENDS:
        raise RulesetError("extends_too_long", at, limit=LONGEST_EXTENDS)
    parent_name = document.values.get("extends")
    if not isinstance(parent_name, str):
        parent = _Layer({}, {}, {}, ())
    else:
        parent = _resolve(parent_name, below, document.at(("extends",)), shipped, (*seen, identity))
    return _extended(parent, document)


def _short(identity: str) -> str:
    return Path(identity).name if identity.endswith(".toml") else identity


def _opened(
    name: str, place: _Place, at: Position | str, shipped: Mapping[str, DataFolder]
) -> tuple[Document, _Place, str]:
    """Return the document, where its own paths are looked up, and its identity."""
    if name in shipped:
        source = shipped[name].folder / "ruleset.toml"
        folder = Path(str(shipped[name].folder))
        return read_document(source, f"{name}/ruleset.toml", RulesetError), _Place(folder, folder), name
    if not name.endswith(".toml"):
        raise RulesetError("unknown_ruleset", at, name=name, known=list(shipped))
    root = place.root.resolve()
    try:
        path = (place.base / name).resolve()
        inside = path.is_relative_to(root)
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        raise RulesetError("path_outside", at, name=name)
    if not path.exists():
        raise RulesetError("ruleset_not_found", at, name=name, known=_rulesets_beside(path))
    document = read_document(path, path.relative_to(root).as_posix(), RulesetError)
    return document, _Place(root, path.parent), str(path)


def _rulesets_beside(path: Path) -> list[str]:
    try:
        return sorted(item.name for item in path.parent.iterdir() if item.suffix == ".toml")
    except OSError:
        return []


def _extended(parent: _Layer, child: Document) -> _Layer:
    values = {key: value for key, value in parent.values.items() if key not in ("title", "title_en", "basis")}
    layer = _Layer(values, dict(parent.starts), dict(parent.keys), (child.file, *parent.files))
    errors: list[RulesetError] = []
    for section, value in child.values.items():
        if section in BY_ID and isinstance(value, dict):
            errors += _merge_by_id(layer, child, section, value)
        elif section in BY_KEY and isinstance(value, dict):
            layer.values[section] = dict(layer.values.get(section, {}))
            for key, item in value.items():
                _put(layer, child, layer.values[section], (section, key), item)
        else:
            _put(layer, child, layer.values, (section,), value)
    raise_all(errors)
    return layer


def _merge_by_id(layer: _Layer, child: Document, section: str, value: dict[str, Any]) -> list[RulesetError]:
    errors = []
    things = layer.values[section] = dict(layer.values.get(section, {}))
    _place(layer, child, (section,), whole=False)
    for name, item in value.items():
        path = (section, name)
        if isinstance(item, dict) and item.get("drop") is True:
            if name not in things:
                known = list(things)
                errors.append(
                    RulesetError("nothing_to_drop", child.key_at(path), name=f"{section}.{name}", known=known)
                )
            elif len(item) > 1:
                errors.append(RulesetError("drop_with_others", child.key_at(path), name=f"{section}.{name}"))
            else:
                del things[name]
        elif isinstance(item, dict) and isinstance(things.get(name), dict):
            things[name] = _without_rivals(section, things[name], item)
            _place(layer, child, path, whole=False)
            for key, part in item.items():
                _put(layer, child, things[name], (*path, key), part)
        else:
            _put(layer, child, things, path, item)
    return errors


def _without_rivals(section: str, inherited: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    rivals = _ONE_OF.get(section, ())
    replaced = any(key in rivals for key in changes)
    return {key: value for key, value in inherited.items() if not (replaced and key in rivals)}


def _put(layer: _Layer, child: Document, target: dict[str, Any], path: KeyPath, value: Any) -> None:
    target[str(path[-1])] = value
    _place(layer, child, path, whole=True)


def _place(layer: _Layer, child: Document, path: KeyPath, *, whole: bool) -> None:
    """Take over the child's positions of a path; of everything below it too, where the value is replaced whole."""
    for merged, own in ((layer.starts, child.starts), (layer.keys, child.keys)):
        if whole:
            for known in [item for item in merged if item[: len(path)] == path]:
                del merged[known]
            merged.update({item: place for item, place in own.items() if item[: len(path)] == path})
        elif path in own:
            merged[path] = own[path]
