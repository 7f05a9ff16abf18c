"""`duban plugins check PACKAGE`: whether a plugin's answers can be relied on, and why not."""

import json

import click

from duban.cli.commands import common_options, looks
from duban.errors import one_line
from duban.texts import Language, phrase


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def check(package: str, as_json: bool) -> int:
        return _check(package, as_json, language)

    return click.Command(
        "check",
        callback=check,
        params=[
            click.Argument(["package"], metavar="PACKAGE"),
            click.Option(["--json", "as_json"], is_flag=True, help=phrase("testing.json", language)),
            *common_options(language),
        ],
        help=phrase("testing.check", language),
        short_help=phrase("testing.check_short", language),
        **looks(language),
    )


def _check(package: str, as_json: bool, language: Language) -> int:
    from duban.testing import check_plugin

    faults = check_plugin(package)
    if as_json:
        told = [
            {
                "code": fault.code,
                "subject": fault.subject,
                "message": fault.line(language),
                "example": fault.shown(),
            }
            for fault in faults
        ]
        click.echo(json.dumps({"plugin": package, "faults": told}, ensure_ascii=False, indent=1))
        return 1 if faults else 0
    key = "testing.rejected" if faults else "testing.passes"
    click.echo(one_line(phrase(key, language, name=package, count=len(faults))))
    for fault in faults:
        click.echo(fault.line(language))
        for line in fault.shown():
            click.echo("  " + phrase("testing.example", language, line=line))
    return 1 if faults else 0
