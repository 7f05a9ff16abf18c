"""`duban objections form WORKSPACE [DEPARTMENT]`: the forms on which departments object."""

import click

from duban.cli.commands import common_options, disable_option, looks
from duban.texts import Language, phrase


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def form(workspace: str, department: str | None, out: str | None, disable: tuple[str, ...]) -> int:
        return _form(workspace, department, out, disable, language)

    return click.Command(
        "form",
        callback=form,
        params=[
            click.Argument(["workspace"]),
            click.Argument(["department"], required=False),
            click.Option(["--out"], metavar="DIR", help=phrase("objections.option_out", language)),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("objections.form", language),
        short_help=phrase("objections.form_short", language),
        **looks(language),
    )


def _form(
    workspace: str, department: str | None, out: str | None, disable: tuple[str, ...], language: Language
) -> int:
    from pathlib import Path

    from duban.cli.console import Paper
    from duban.objections.form import write_forms

    files = write_forms(workspace, department, Path(out) if out else None, disable, language)
    place = files[0].parent if department is None else files[0]
    Paper(language).text(phrase("objections.written", language, count=len(files), folder=place))
    return 0
