"""From `ruleset.toml` and `duban.toml` to their models: inheritance, then validation with line and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from .dating import Chosen, resolve_dates
from .documents import Document, KeyPath, nearest_position, read_document
from .errors import Position, RulesetError, WorkspaceError, raise_all
from .methods import DataFolder
from .overriding import Override
from .ruleset import Ruleset
from .validation import validated
from .workspace import OpenedWorkspace, Workspace

LONGEST_EXTENDS = 10
# Sections whose keys are ids: a child changes one key of one id.
BY_ID = (
    "deadlines",
    "ratings",
    "scales",
    "columns",
    "measures",
    "sheets",
    "dimensions",
    "criteria",
    "adjustments",
    "gates",
    "groups",
    "grades",
    "selections",
    "conversions",
)
# What stands in these has a title.
TITLED = frozenset(BY_ID) - {"deadlines", "ratings", "scales"}
# Sections that are themselves one thing: a child changes one key.
BY_KEY = ("outcomes", "ranking", "objections")
# What a child says of itself alone.
OWN = ("title", "title_en", "basis")
# Of these keys a thing has one: the child's takes the place of the parent's.
ONE_OF: Mapping[str, tuple[str, ...]] = {
    "deadlines": ("months", "days", "working_days", "date"),
    "measures": ("hit", "value"),
}


@dataclass(frozen=True)
class LoadedRuleset:
    """A ruleset after inheritance, with the place of every key.

    `documents` are the files that it was put together from, the ruleset's own first, each as of the period's first day;
    `dated` says since when those values hold that the files give by date.
    """

    ruleset: Ruleset
    starts: Mapping[KeyPath, Position]
    keys: Mapping[KeyPath, Position]
    documents: tuple[Document, ...]
    dated: Mapping[KeyPath, Chosen] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The ruleset's own file."""
        return self.documents[0].file

    @property
    def files(self) -> tuple[str, ...]:
        """All files, the ruleset's own first."""
        return tuple(document.file for document in self.documents)

    def at(self, path: KeyPath) -> Position:
        """Return where the value at a path stands, or the nearest key above it."""
        return nearest_position(self.starts, path, self.file)

    def key_at(self, path: KeyPath) -> Position:
        """Return where the key at a path stands, or the nearest one above it."""
        return nearest_position(self.keys, path, self.file)


class _Places:
    """Where keys or values stand, by path; those below one thing (`criteria.on_time`) are found at once."""

    def __init__(self, places: Mapping[KeyPath, Position]) -> None:
        self._by_thing: dict[KeyPath, dict[KeyPath, Position]] = {}
        for path, place in places.items():
            self.put(path, place)

    def put(self, path: KeyPath, place: Position) -> None:
        """Note the place of a path."""
        self._by_thing.setdefault(path[:2], {})[path] = place

    def below(self, path: KeyPath) -> dict[KeyPath, Position]:
        """Return the places of a path and of all that is below it."""
        things = [path[:2]] if len(path) > 1 else [thing for thing in self._by_thing if thing[:1] == path]
        found = [item for thing in things for item in self._by_thing.get(thing, {}).items()]
        return {known: place for known, place in found if known[: len(path)] == path}

    def replace(self, path: KeyPath, places: Mapping[KeyPath, Position]) -> None:
        """Let other places stand for a path and for all that is below it."""
        for known in self.below(path):
            del self._by_thing[known[:2]][known]
        for known, place in places.items():
            self.put(known, place)

    def all(self) -> dict[KeyPath, Position]:
        """Return all of them by path."""
        return {path: place for places in self._by_thing.values() for path, place in places.items()}


@dataclass(frozen=True)
class _Layer:
    """What inheritance has put together so far."""

    values: dict[str, Any]
    starts: _Places
    keys: _Places
    dated: dict[KeyPath, Chosen]

    def inherited(self) -> "_Layer":
        """Return what a child takes over."""
        values = {key: value for key, value in self.values.items() if key not in OWN}
        return _Layer(values, self.starts, self.keys, self.dated)


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
    name: str,
    root: Path,
    at: Position | str,
    shipped: Mapping[str, DataFolder],
    first_day: date | None = None,
    overrides: Sequence[Override] = (),
) -> LoadedRuleset:
    """Load a ruleset by the id of a shipped one, or by a path inside the folder `root`.

    What it extends is an id, or a path from the file that says so, inside the same folder. `first_day` is that of the
    workspace's period, which comes before the ruleset's: dated values are as of that day. `overrides` are put in one
    after another, each as a child that changes one key.

    Raises: RulesetError; several errors of the file are reported together.
    """
    chain = _chain(name, _Place(root, root), at, shipped)
    day = first_day or _first_day(chain)
    resolved = [resolve_dates(document, day) for document in chain]
    layer = _Layer({}, _Places({}), _Places({}), {})
    for item in reversed(resolved):
        layer = _extended(layer.inherited(), item.document, item.chosen)
    for override in overrides:
        layer = _overridden(layer, override, day)
    starts, keys = layer.starts.all(), layer.keys.all()

    def position(path: KeyPath) -> Position:
        return nearest_position(starts, path, chain[0].file)

    def key_position(path: KeyPath) -> Position:
        return nearest_position(keys, path, chain[0].file)

    ruleset = validated(Ruleset, layer.values, position, key_position, RulesetError)
    documents = tuple(item.document for item in resolved)
    return LoadedRuleset(ruleset, starts, keys, documents, layer.dated)


def _first_day(chain: Sequence[Document]) -> date | None:
    """Return the first day of the period, as the youngest of the documents says it that has one."""
    periods = (document.values["period"] for document in chain if "period" in document.values)
    period = next(periods, None)
    start = period.get("from") if isinstance(period, dict) else None
    return start if isinstance(start, date) and not isinstance(start, datetime) else None


class _Place(NamedTuple):
    """Where a path is looked up: from the folder `base`, and nowhere outside the folder `root`."""

    root: Path
    base: Path


def _chain(name: str, place: _Place, at: Position | str, shipped: Mapping[str, DataFolder]) -> list[Document]:
    """Return the document of a ruleset, that of its parent, and so on."""
    documents: list[Document] = []
    seen: list[str] = []
    while True:
        document, place, identity = _opened(name, place, at, shipped)
        if identity in seen:
            raise RulesetError("extends_cycle", at, chain=" → ".join(map(_short, [*seen, identity])))
        if len(seen) >= LONGEST_EXTENDS:
            raise RulesetError("extends_too_long", at, limit=LONGEST_EXTENDS)
        documents.append(document)
        seen.append(identity)
        parent = document.values.get("extends")
        if not isinstance(parent, str):
            return documents
        name, at = parent, document.at(("extends",))


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
    if not _is_there(path, at):
        raise RulesetError("ruleset_not_found", at, name=name, known=_rulesets_beside(path))
    document = read_document(path, path.relative_to(root).as_posix(), RulesetError)
    return document, _Place(root, path.parent), str(path)


def _is_there(path: Path, at: Position | str) -> bool:
    try:
        return path.exists()
    except OSError as problem:
        raise RulesetError("file_not_readable", at, reason=problem.strerror or str(problem)) from None


def _rulesets_beside(path: Path) -> list[str]:
    try:
        return sorted(item.name for item in path.parent.iterdir() if item.suffix == ".toml")
    except OSError:
        return []


class _Child(NamedTuple):
    """The document that changes what it extends."""

    document: Document
    starts: _Places
    keys: _Places


def _overridden(layer: _Layer, override: Override, day: date | None) -> _Layer:
    section = override.path[0]
    depth = 3 if section in BY_ID else 2 if section in BY_KEY else 1
    item = resolve_dates(override.document(layer.values, depth, section in BY_ID), day)
    return _extended(layer, item.document, item.chosen)


def _extended(parent: _Layer, document: Document, chosen: Mapping[KeyPath, Chosen]) -> _Layer:
    layer = _Layer(dict(parent.values), parent.starts, parent.keys, dict(parent.dated))
    child = _Child(document, _Places(document.starts), _Places(document.keys))
    errors: list[RulesetError] = []
    for section, value in document.values.items():
        if section in BY_ID and isinstance(value, dict):
            errors += _merge_by_id(layer, child, section, value)
        elif section in BY_KEY and isinstance(value, dict):
            layer.values[section] = dict(layer.values.get(section, {}))
            for key, item in value.items():
                _put(layer, child, layer.values[section], (section, key), item)
        else:
            _put(layer, child, layer.values, (section,), value)
    layer.dated.update(chosen)
    raise_all(errors)
    return layer


def _merge_by_id(layer: _Layer, child: _Child, section: str, value: dict[str, Any]) -> list[RulesetError]:
    errors = []
    things = layer.values[section] = dict(layer.values.get(section, {}))
    _place(layer, child, (section,), whole=False)
    for name, item in value.items():
        path = (section, name)
        if isinstance(item, dict) and item.get("drop") is True:
            if name not in things:
                known = list(things)
                errors.append(
                    RulesetError(
                        "nothing_to_drop", child.document.key_at(path), name=f"{section}.{name}", known=known
                    )
                )
            elif len(item) > 1:
                errors.append(
                    RulesetError("drop_with_others", child.document.key_at(path), name=f"{section}.{name}")
                )
            else:
                del things[name]
                _place(layer, child, path, whole=True)
        elif isinstance(item, dict) and isinstance(things.get(name), dict):
            things[name] = _without_rivals(section, things[name], item)
            _place(layer, child, path, whole=False)
            for key, part in item.items():
                _put(layer, child, things[name], (*path, key), part)
        elif (
            section in TITLED
            and isinstance(item, dict)
            and "title" not in item
            and get_close_matches(name, things)
        ):
            place = child.document.key_at(path)
            errors.append(
                RulesetError("nothing_to_change", place, section=section, name=name, known=list(things))
            )
        else:
            _put(layer, child, things, path, item)
    return errors


def _without_rivals(section: str, inherited: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    rivals = ONE_OF.get(section, ())
    replaced = any(key in rivals for key in changes)
    return {key: value for key, value in inherited.items() if not (replaced and key in rivals)}


def _put(layer: _Layer, child: _Child, target: dict[str, Any], path: KeyPath, value: Any) -> None:
    target[str(path[-1])] = value
    _place(layer, child, path, whole=True)


def _place(layer: _Layer, child: _Child, path: KeyPath, *, whole: bool) -> None:
    """Take over the child's positions of a path; of everything below it too, where the value is replaced whole."""
    for known in [item for item in layer.dated if whole and item[: len(path)] == path]:
        del layer.dated[known]
    for merged, own in ((layer.starts, child.starts), (layer.keys, child.keys)):
        if whole:
            merged.replace(path, own.below(path))
        elif path in (below := own.below(path)):
            merged.put(path, below[path])
