"""`duban init DIR`: a new workspace, empty or with a sample's data."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from duban.errors import OutputError, UsageError, one_line
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
    from duban.replacing import writing

    samples = installed().samples
    if sample is not None and sample not in samples:
        raise UsageError("sample_unknown", name=sample, known=samples)
    with writing(folder), _filled(folder) as fresh:
        if sample is None:
            _make_empty(fresh)
        else:
            _copy(samples[sample].folder, fresh)
    done = phrase("cli.init_done" if sample is None else "cli.init_sample_done", language, folder=folder)
    click.echo(one_line(done))
    return 0


@contextmanager
def _filled(folder: Path) -> Iterator[Path]:
    """Give a folder to fill; at the end what is in it stands in the named folder, which must be new or empty."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise OutputError("workspace_not_empty", str(folder))
    place = folder.absolute()
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.duban-init-{secrets.token_hex(6)}")
    fresh.mkdir()
    try:
        yield fresh
        if not place.exists():
            fresh.rename(place)
            return
        # The folder itself stays: it may be the one in which the user stands.
        for child in sorted(fresh.iterdir()):
            child.rename(place / child.name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


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
