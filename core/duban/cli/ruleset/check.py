"""`duban ruleset check RULESET`: what is wrong with the rules, before there are any data."""

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from duban.cli.commands import common_options, looks
from duban.terms import Severity
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.linting.checking import Report
    from duban.linting.lint import Lint


class _Points(click.ParamType):  # type: ignore[type-arg]
    """A number of points, 0 or more."""

    name = "points"

    def __init__(self, language: Language) -> None:
        self.language = language

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or refuse the text."""
        from decimal import Decimal, InvalidOperation

        from duban.exact import exact

        if isinstance(value, Fraction):
            return value
        try:
            points = exact(Decimal(str(value)))
        except (InvalidOperation, ValueError):
            points = Fraction(-1)
        if points < 0:
            self.fail(phrase("linting.not_a_number", self.language, value=repr(value)), param, ctx)
        return points


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def check(ruleset: str, as_json: bool, no_laws: bool, cliff: Fraction | None) -> int:
        return _check(ruleset, as_json, not no_laws, cliff, language)

    return click.Command(
        "check",
        callback=check,
        params=[
            click.Argument(["ruleset"], metavar="RULESET"),
            click.Option(["--json", "as_json"], is_flag=True, help=phrase("linting.option_json", language)),
            click.Option(["--no-laws"], is_flag=True, help=phrase("linting.option_no_laws", language)),
            click.Option(
                ["--cliff"],
                type=_Points(language),
                metavar="POINTS",
                help=phrase("linting.option_cliff", language),
            ),
            *common_options(language),
        ],
        help=phrase("linting.check", language),
        short_help=phrase("linting.check_short", language),
        **looks(language),
    )


def _check(ruleset: str, as_json: bool, laws: bool, cliff: Fraction | None, language: Language) -> int:
    from duban.linting.checking import check_ruleset

    report = check_ruleset(ruleset, laws=laws, cliff=cliff)
    if as_json:
        click.echo(json.dumps(_as_data(report, language), ensure_ascii=False, indent=1))
    else:
        _show(report, language)
    return 0 if report.clean else 1


def _show(report: "Report", language: Language) -> None:
    for lint in report.lints:
        severity = phrase(f"linting.severity_{lint.severity}", language)
        click.echo(
            phrase("linting.line", language, severity=severity, line=lint.line(report.at(lint), language))
        )
        for line in _example(lint, language).splitlines():
            click.echo(f"    {line}" if line else "")
    facts = {"number": report.tried} if report.tried is not None else {}
    click.echo(phrase("linting.tried" if facts else "linting.not_tried", language, **facts))
    counts = {f"{severity}s": report.count(severity) for severity in Severity}
    click.echo(phrase("linting.summary", language, ruleset=report.loaded.ruleset.id, **counts))


def _example(lint: "Lint", language: Language) -> str:
    return "" if lint.example is None else lint.example.toml(lint.message(language), language)


def _as_data(report: "Report", language: Language) -> dict[str, Any]:
    return {
        "ruleset": report.loaded.ruleset.id,
        "clean": report.clean,
        "tried": report.tried,
        "lints": [
            {
                "severity": lint.severity,
                "code": lint.code,
                "path": ".".join(map(str, lint.path)),
                "file": (at := report.at(lint)).file,
                "line": at.line,
                "column": at.column,
                "message": lint.message(language),
                "todo": lint.todo(language),
                **({"example": _example(lint, language)} if lint.example is not None else {}),
            }
            for lint in report.lints
        ],
    }
