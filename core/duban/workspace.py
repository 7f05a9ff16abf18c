"""The workspace as it stands in `duban.toml`: one folder with one year's data."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .report import Report
from .ruleset import Period, Title
from .terms import Action
from .visibility import Visibility


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Part(BaseModel):
    """Base of every model of the workspace: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Part):
    """Where one table comes from, and what its headings and labels mean here."""

    file: Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    sheet: str | None = None
    header_row: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None
    split: Mapping[str, Annotated[str, Field(min_length=1)]] = {}
    columns: Mapping[str, str] = {}
    values: Mapping[str, Mapping[str, str]] = {}


class Workspace(Part):
    """One evaluation: which ruleset, as of which day, over which files."""

    title: Title
    ruleset: str
    as_of: date | None = None
    published_on: date | None = None
    period: Period | None = None
    tables: Mapping[str, Source] = {}
    findings: Mapping[str, Action] = {}
    report: Report = Report()
    visibility: Visibility | None = None


class OpenedWorkspace(BaseModel):
    """A workspace with the folder it was found in."""

    model_config = ConfigDict(frozen=True)
    folder: Path
    workspace: Workspace
