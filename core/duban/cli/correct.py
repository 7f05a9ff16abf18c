"""`duban correct WORKSPACE`: a correction of the ledger, written down and not made in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from duban.errors import UsageError
from duban.texts import Language, phrase

from .commands import Day, common_options, disable_option, looks


class Cell(click.ParamType):  # type: ignore[type-arg]
    """`column=value`; the value may be blank."""

    name = "column=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return column and value, or refuse the text."""
        if isinstance(value, tuple):
            return value
        column, mark, text = str(value).partition("=")
        if not mark or not column.strip():
            raise UsageError("not_a_cell", param.opts[0] if param else None, value=value)
        return column.strip(), text


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def correct(workspace: str, disable: tuple[str, ...], **choices: Any) -> int:
        return _correct(workspace, disable, language, choices)

    return click.Command(
        "correct",
        callback=correct,
        params=[
            click.Argument(["workspace"]),
            *_which(language),
            *_ground(language),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("corrections.correct", language),
        short_help=phrase("corrections.correct_short", language),
        **looks(language),
    )


def _which(language: Language) -> list[click.Parameter]:
    """Return the options that say which cells are corrected, and to what."""

    def option(name: str, metavar: str, **more: Any) -> click.Option:
        text = phrase(f"corrections.option_{name.strip('-')}", language)
        return click.Option([name], metavar=metavar, help=text, **more)

    return [
        option("--case", "ID"),
        option("--department", "NAME"),
        option("--role", "ROLE"),
        option("--where", "COLUMN=VALUE", multiple=True, type=Cell()),
        option("--table", "TABLE", default="cases"),
        option("--set", "COLUMN=VALUE", multiple=True, type=Cell()),
        option("--withdraw", "ROW", type=click.IntRange(2)),
    ]


def _ground(language: Language) -> list[click.Parameter]:
    """Return the options that say what a correction rests on, and where it is written down."""

    def option(name: str, metavar: str, **more: Any) -> click.Option:
        text = phrase(f"corrections.option_{name.strip('-')}", language)
        return click.Option([name], metavar=metavar, help=text, **more)

    return [
        option("--reason", "TEXT", required=True),
        option("--evidence", "TEXT", required=True),
        option("--by", "NAME", required=True),
        option("--on", "DATE", type=Day(language)),
        option("--objection", "NUMBER", default=""),
        option("--into", "FILE"),
    ]


def _correct(workspace: str, disable: tuple[str, ...], language: Language, choices: Mapping[str, Any]) -> int:
    from pathlib import Path

    from duban.corrections import today
    from duban.registering import Ground, register, withdraw

    on = choices["on"].isoformat() if choices["on"] else today()
    ground = Ground(choices["reason"], choices["evidence"], choices["by"], on, choices["objection"])
    into = Path(choices["into"]) if choices["into"] else None
    if choices["withdraw"] is not None:
        _refuse_others(choices)
        done = withdraw(workspace, choices["withdraw"], ground, into, disable)
    else:
        done = register(workspace, _edits(choices), ground, into, disable)
    _show(done, language)
    return 0


def _refuse_others(choices: Mapping[str, Any]) -> None:
    if choices["set"] or _key(choices):
        raise UsageError("withdraw_with_others", "--withdraw")


def _key(choices: Mapping[str, Any]) -> dict[str, str]:
    named = {"case_id": choices["case"], "department": choices["department"], "role": choices["role"]}
    return {column: value for column, value in (*named.items(), *choices["where"]) if value is not None}


def _edits(choices: Mapping[str, Any]) -> Sequence[Any]:
    from duban.corrections import Edit

    key = _key(choices)
    if not key or not choices["set"]:
        raise UsageError("correction_of_nothing")
    return [Edit(choices["table"], key, column, text) for column, text in choices["set"]]


def _show(done: Any, language: Language) -> None:
    from .console import Paper

    paper = Paper(language)
    for line in done.lines:
        edit = line.edit
        key = "，".join(f"{column} = {value}" for column, value in edit.key.items())
        said = "withdrawn" if edit.table == "corrections" else "registered"
        facts = {
            "which": key,
            "column": edit.column,
            "old": edit.old,
            "new": edit.new,
            "row": edit.key.get("_row"),
        }
        paper.text(phrase(f"corrections.{said}", language, **facts))
    paper.text(phrase("corrections.head", language, file=done.path.name, head=done.head))
