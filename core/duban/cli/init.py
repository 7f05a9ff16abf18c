"""`duban init DIR`: a new workspace, empty or with a sample's data."""

from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from duban.errors import UsageError, one_line
from duban.texts import Language, phrase

from .commands import common_options, looks

RULESET = "npc-base"


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def init(folder: str, sample: str | None) -> int:
        return _init(Path(folder), sample, language)

    return click.Command(
        "init",
        callback=init,
        params=[
            click.Argument(["folder"], metavar="DIR"),
            click.Option(["--sample"], metavar="ID", help=phrase("cli.sample", language)),
            *common_options(language),
        ],
        help=phrase("cli.init", language),
        short_help=phrase("cli.init_short", language),
        **looks(language),
    )


def _init(folder: Path, sample: str | None, language: Language) -> int:
    from duban.registry import installed

    from .filling import filled

    samples = installed().samples
    if sample is not None and sample not in samples:
        raise UsageError("sample_unknown", name=sample, known=samples)
    with filled(folder) as fresh:
        if sample is None:
            _make_empty(fresh)
        else:
            _copy(samples[sample].folder, fresh)
    done = phrase("cli.init_done" if sample is None else "cli.init_sample_done", language, folder=folder)
    click.echo(one_line(done))
    return 0


def _make_empty(folder: Path) -> None:
    from .workbook import write_workbook

    settings = (files("duban.cli") / "empty_workspace.toml").read_text("utf-8")
    (folder / "duban.toml").write_text(settings.replace("2024", str(date.today().year)), "utf-8")
    (folder / "data").mkdir()
    write_workbook(folder / "data" / "台账.xlsx", _outcomes())


def _outcomes() -> list[str]:
    """Return the outcome classes of the base ruleset, as a clerk writes them."""
    import tomllib

    from duban.registry import installed

    base = installed().rulesets.get(RULESET)
    if base is None:
        return []
    return list(tomllib.loads((base.folder / "ruleset.toml").read_text("utf-8")).get("outcomes", {}))


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
