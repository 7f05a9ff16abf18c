"""result.json: the whole run for programs, every text as it is, every number a plain decimal."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban import Reporter, Run, each_once, is_missing, plain

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write `result.json`, the only file with a time stamp; the cases of a very large ledger are not in it."""
    head: dict[str, Any] = {
        "format": FORMAT,
        "title": run.title,
        "as_of": run.as_of,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "case_count": run.case_count,
        "manifest": run.manifest,
        "ruleset": run.ruleset.model_dump(by_alias=True, exclude_defaults=True),
        "standards": {name: item._asdict() for name, item in run.standards.items()},
        "evaluation": _evaluation(run),
    }
    # Half of a surrogate pair, which a file name may hold, is written as a JSON escape.
    with (folder / "result.json").open(
        "w", encoding="utf-8", errors="backslashreplace", newline="\n"
    ) as file:
        file.write("{\n")
        file.writelines(f"{_literal(key)}: {_literal(value)},\n" for key, value in head.items())
        for place, (name, frame) in enumerate(_tables(run).items()):
            file.write(",\n" if place else "")
            file.write(f"{_literal(name)}: [")
            file.writelines(_rows(frame))
            file.write("]")
        file.write("\n}\n")
    return ["result.json"]


def _tables(run: Run) -> "dict[str, pd.DataFrame]":
    tables = {**run.tables(), "dimensions": run.dimensions}
    if "cases" in tables and run.is_large:
        del tables["cases"]
    if run.explanations is not None:
        tables |= {"explanations": run.explanations.frame(), "reasons": run.explanations.reasons_frame()}
    return dict(sorted(tables.items()))


def _rows(frame: "pd.DataFrame") -> Iterator[str]:
    names = [_literal(str(name)).replace("%", "%%") for name in frame.columns]
    columns = (each_once(_literal, frame[name]) for name in frame.columns)
    row = "\n {" + ", ".join(f"{name}: %s" for name in names) + "}"
    for place, cells in enumerate(zip(*columns, strict=True)):
        yield (f",{row}" if place else row) % cells


def _evaluation(run: Run) -> dict[str, Any] | None:
    """Return what the rules were applied to, so that they, or others, can be applied again; values as fractions."""
    if run.evaluated is None:
        return None
    return {
        "departments": [
            {
                "department": item.id,
                "name": item.name,
                "aliases": item.aliases,
                "has_cases": item.has_cases,
                "attributes": item.attributes,
            }
            for item in run.evaluated.departments
        ],
        "figures": {
            key: [
                [item.status, item.count, item.hits, None if item.value is None else str(item.value)]
                for item in figures
            ]
            for key, figures in sorted(run.evaluated.figures.items())
        },
    }


def _literal(value: object) -> str:
    """Return a value as JSON; numbers keep every digit, which a float would not."""
    if isinstance(value, str):
        return _ENCODER.encode(value)
    if isinstance(value, Fraction | Decimal):
        return plain(Fraction(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_literal(str(key))}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return "null" if is_missing(value) else _ENCODER.encode(value)


def _other(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_other)
REPORTER = Reporter(id="json", title="JSON 数据", write=write, title_en="JSON data")
