"""A comparison in words, and as data for programs with exact numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from duban.corrections import CORRECTIONS_FILE
from duban.differences.listing import move_as_data
from duban.differences.standpoints import ABSENT
from duban.texts import Language, phrase

from .comparison import CAUSES, MOST_APART, Comparison
from .sides import Side, corrections_of, ledger_of

_SIDES = ("old", "new")


def say(key: str, language: Language, **facts: object) -> str:
    """Return a phrase of these comparisons."""
    return phrase(f"comparing.{key}", language, **facts)


def cause_title(name: str, language: Language) -> str:
    """Return what a cause is called."""
    return say(f"cause_{name}", language)


def side_title(side: Side, language: Language) -> str:
    """Return what a side is: its title, where it lies, its ruleset, its day."""
    rules = side.rules.loaded.ruleset
    facts = {"ruleset": rules.name(language), "id": rules.id, "as_of": side.manifest["as_of"]}
    return say("side", language, title=side.title, name=side.name, **facts)


def differences(made: Comparison, language: Language) -> Iterator[str]:
    """Yield what differs between the two, a sentence each; one sentence where nothing does."""
    sentences = [*_rules(made, language), *_data(made, language), *_software(made, language)]
    yield from sentences or [say("same", language)]


def _rules(made: Comparison, language: Language) -> Iterator[str]:
    if made.changes:
        yield say("rules_differ", language, count=len(made.changes))


def _data(made: Comparison, language: Language) -> Iterator[str]:
    listed = phrase("describing.comma", language)
    held = [ledger_of(side) for side in (made.old, made.new)]
    for key, old, new in zip(("as_of", "period", "settings"), held[0], held[1], strict=False):
        if old != new:
            yield say(f"{key}_differs", language, old=_period(old), new=_period(new))
    files = _other_files(made)
    if files:
        yield say("files_differ", language, count=len(files), files=listed.join(files))
    if corrections_of(made.old) != corrections_of(made.new):
        yield say("corrections_differ" if made.corrections_apart else "corrections_in_data", language)
    if made.obstacle is None and not made.data_apart:
        yield say("data_together", language, most=MOST_APART)
    for side, other, key in ((made.old, made.new, "only_old"), (made.new, made.old, "only_new")):
        names = [
            move.department.name
            for move in made.moves
            if move.department.id in side.told and move.department.id not in other.told
        ]
        if names:
            yield say(key, language, count=len(names), names=listed.join(names))


def _period(value: object) -> object:
    if not isinstance(value, Mapping):
        return "—" if value is None else value
    return f"{value['from']} – {value['to']}"


def _other_files(made: Comparison) -> list[str]:
    inputs = [side.manifest["inputs"] for side in (made.old, made.new)]
    names = sorted({*inputs[0], *inputs[1]} - {CORRECTIONS_FILE})
    return [name for name in names if inputs[0].get(name) != inputs[1].get(name)]


def _software(made: Comparison, language: Language) -> Iterator[str]:
    """Yield what of duban, its engine and its plugins is of another version, and that it moved something."""
    versions = [{**side.manifest["versions"], **side.manifest["plugins"]} for side in (made.old, made.new)]
    names = [
        name for name in sorted({*versions[0], *versions[1]}) if len({v.get(name) for v in versions}) > 1
    ]
    if names:
        told = [f"{name} {versions[0].get(name, '—')} → {versions[1].get(name, '—')}" for name in names]
        yield say("versions_differ", language, versions=phrase("describing.comma", language).join(told))
    if made.unexplained:
        yield say("software_moved", language)


def as_data(made: Comparison, language: Language) -> dict[str, Any]:
    """Return everything that is found; numbers are texts, fractions where no decimal ends."""
    obstacle = made.obstacle
    return {
        **{key: _side(side) for key, side in zip(_SIDES, (made.old, made.new), strict=True)},
        "differences": list(differences(made, language)),
        "rule_changes": len(made.changes),
        "same_ledger": made.same_ledger,
        "same_corrections": made.same_corrections,
        "corrections_apart": made.corrections_apart,
        "data_apart": made.data_apart,
        "not_split": None
        if obstacle is None
        else {"code": obstacle.code, "message": obstacle.line(language)},
        "evaluations": made.evaluations,
        "causes": [name for name, _ in CAUSES],
        "departments": [_move(move, made) for move in made.moves],
    }


def _side(side: Side) -> dict[str, Any]:
    rules = side.rules.loaded.ruleset
    held = side.manifest
    about = {key: held[key] for key in ("as_of", "period", "inputs", "versions", "plugins")}
    return {"name": side.name, "title": side.title, "ruleset": rules.id, **about}


def _move(move: Any, made: Comparison) -> dict[str, Any]:
    data = move_as_data(move)
    data["parts"] = [
        {"cause": part["section"], **{key: part[key] for key in ("total", "rank", "lists")}}
        for part in data["parts"]
    ]
    missing = [key for key, at in zip(_SIDES, (move.before, move.after), strict=True) if at == ABSENT]
    return {**data, "moved": move.is_moved, "missing_in": missing}
