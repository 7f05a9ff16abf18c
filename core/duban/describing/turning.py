"""Write next year's file beside this year's, and see that it loads."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from duban.errors import OutputError, RulesetError, UsageError
from duban.loading import LoadedRuleset
from duban.registry import Registry
from duban.replacing import writing
from duban.texts import Language

from .checklist import checklist
from .new_year import move_to_year
from .opening import file_of, open_ruleset
from .rules import teller_of


class Turned(NamedTuple):
    """The file that was written, and what has to be decided again."""

    file: Path
    checklist: list[str]


def turn(
    name: str, year: int, out: str | None = None, disable: Iterable[str] = (), language: Language = "zh"
) -> Turned:
    """Write the file for the year in which the period shall end; a file that is there already is left alone.

    Raises: DubanError, where there is no period to move, or the new file would not load.
    """
    disable = tuple(disable)
    opened = open_ruleset(name, disable)
    period = opened.loaded.ruleset.period
    if period is None:
        raise RulesetError("new_year_no_period", opened.loaded.at(()))
    if period.end.year == year:
        raise UsageError("new_year_same", year=year)
    moved = move_to_year(_text(name, opened.registry), period, year)
    target = Path(out) if out is not None else _beside(name, opened.loaded, period.end.year, year)
    if target.parent.resolve() != _folder(name, opened.registry):
        # The place of the schema is written from the old folder.
        moved.text = re.sub(r"\A#:schema (?!\w+:|/).*\r?\n", "", moved.text)
    _write(target, moved.text)
    try:
        new = teller_of(*open_ruleset(str(target), disable), language)
    except BaseException:
        target.unlink()
        raise
    has_examples = _folder(name, opened.registry).joinpath("examples.toml").is_file()
    return Turned(target, checklist(moved, opened.loaded, new, has_examples))


def _text(name: str, registry: Registry) -> str:
    source = registry.rulesets[name].folder / "ruleset.toml" if name in registry.rulesets else file_of(name)
    return source.read_bytes().decode("utf-8-sig")


def _folder(name: str, registry: Registry) -> Path:
    shipped = name in registry.rulesets
    return Path(str(registry.rulesets[name].folder)) if shipped else file_of(name).resolve().parent


def _beside(name: str, loaded: LoadedRuleset, old: int, year: int) -> Path:
    """Return a name with the year in it: beside the file, or here for an installed ruleset."""
    path = (
        Path(f"{loaded.ruleset.id}.toml")
        if name == loaded.ruleset.id and not Path(name).exists()
        else file_of(name)
    )
    stem = path.stem.replace(str(old), str(year))
    return path.with_name(f"{stem if stem != path.stem else f'{stem}-{year}'}.toml")


def _write(target: Path, text: str) -> None:
    with writing(target):
        try:
            with target.open("xb") as stream:
                stream.write(text.encode())
        except FileExistsError:
            raise OutputError("new_year_exists", str(target)) from None
