"""`duban init DIR`: a new workspace, empty or with a sample's data."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duban.errors import UsageError, one_line
from duban.texts import Language, phrase

from .commands import common_options, disable_option, looks

if TYPE_CHECKING:
    from duban.plan import Plan
    from duban.registry import Registry
    from duban.tables import Column, Table

RULESET = "npc-base"
WORKBOOK = "data/台账.xlsx"


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def init(folder: str, ruleset: str | None, sample: str | None, disable: tuple[str, ...]) -> int:
        return _init(Path(folder), ruleset, sample, disable, language)

    return click.Command(
        "init",
        callback=init,
        params=[
            click.Argument(["folder"], metavar="DIR"),
            click.Option(["--ruleset"], metavar="ID", help=phrase("cli.init_ruleset", language)),
            click.Option(["--sample"], metavar="ID", help=phrase("cli.sample", language)),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("cli.init", language),
        short_help=phrase("cli.init_short", language),
        **looks(language),
    )


def _init(
    folder: Path, ruleset: str | None, sample: str | None, disable: tuple[str, ...], language: Language
) -> int:
    from duban.registry import installed

    from .filling import filled

    registry = installed(disable)
    if sample is not None and ruleset is not None:
        raise UsageError("sample_with_ruleset")
    if sample is not None and sample not in registry.samples:
        raise registry.explained(UsageError("sample_unknown", name=sample, known=registry.samples))
    with filled(folder) as fresh:
        if sample is None:
            make_empty(fresh, registry, ruleset or RULESET)
        else:
            _copy(registry.samples[sample].folder, fresh)
    done = phrase("cli.init_done" if sample is None else "cli.init_sample_done", language, folder=folder)
    click.echo(one_line(done))
    return 0


def make_empty(folder: Path, registry: "Registry", ruleset: str) -> None:
    """Fill an empty folder with a workspace that names a ruleset, and a workbook with a sheet for all that it rests on.

    Raises: UsageError, for a ruleset that is not installed; DubanError, for one that does not resolve.
    """
    from duban.loading import load_ruleset
    from duban.own_columns import with_own_columns
    from duban.resolving import resolve
    from duban.tables import known_tables

    from .used_tables import used_tables
    from .workbook import sheet_names, write_workbook

    if ruleset not in registry.rulesets:
        raise registry.explained(UsageError("ruleset_not_installed", name=ruleset, known=registry.rulesets))
    with registry.explaining():
        loaded = load_ruleset(ruleset, folder, "--ruleset", registry.rulesets)
        known = with_own_columns(known_tables(registry.tables.values()), loaded)
        plan = resolve(loaded, registry, known, None)
    tables = used_tables(plan, registry)
    own = [known["cases"].columns[name] for name in loaded.ruleset.columns]
    (folder / "data").mkdir()
    write_workbook(folder / WORKBOOK, list(loaded.ruleset.outcomes), tables, own, _attributes(plan))
    settings = (files("duban.cli") / "empty_workspace.toml").read_text("utf-8")
    settings = settings.replace("2024", str(date.today().year)).replace(f'"{RULESET}"', _quoted(ruleset))
    (folder / "duban.toml").write_text(settings + _sections(tables, sheet_names(tables)), "utf-8")


def _attributes(plan: "Plan") -> list["Column"]:
    """Return the columns that the rules ask of a department and that no table of duban has."""
    from duban.tables import DEPARTMENTS, Column
    from duban.terms import ColumnType

    asked = {name for name, _ in plan.attributes} - DEPARTMENTS.columns.keys()
    return [Column(name, ColumnType.TEXT) for name in sorted(asked)]


def _sections(tables: Sequence["Table"], sheets: Mapping[str, str]) -> str:
    """Return the part of duban.toml that says where the tables of plugins are."""
    sections = [
        f"# {one_line(table.title)}\n[tables.{table.id}]\n"
        f"file = {_quoted(WORKBOOK)}\nsheet = {_quoted(sheets[table.id])}\n"
        for table in tables
    ]
    head = "\n# 评价办法用到的其他表，各占工作簿的一页；没有的可以整段删去，用到它的口径就不计算。\n"
    return head + "\n".join(sections) if sections else ""


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def _copy(source: Traversable, target: Path) -> None:
    """Copy a sample's folder as it is, without what Python or duban left in it."""
    for item in sorted(source.iterdir(), key=lambda item: item.name):
        if item.name in ("__pycache__", "out", "findings.csv"):
            continue
        if item.is_dir():
            (target / item.name).mkdir()
            _copy(item, target / item.name)
        else:
            (target / item.name).write_bytes(item.read_bytes())
