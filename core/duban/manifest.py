"""The manifest of a run: what its numbers rest on, so that somebody else can repeat them."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from .registry import Registry
from .ruleset import Period, Ruleset
from .stages.reading.files import sha256


def manifest(
    folder: Path,
    inputs: Iterable[Path],
    ruleset: Ruleset,
    registry: Registry,
    as_of: date,
    period: Period | None,
    responses: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Return hashes of every input and of the ruleset as resolved, versions, and the choices that matter.

    The `registry` says which plugins were there, with versions, which were not, and why; `responses` is stage → answered cases and those rated; inputs are named from the workspace's folder.
    `workspace` is the hash of its settings, None where there is no such file.
    """
    ratings = ruleset.ratings
    return {
        "as_of": as_of.isoformat(),
        "period": period
        and {"from": period.start.isoformat(), "to": period.end.isoformat(), "by": period.by},
        "inputs": {_name(path, folder): sha256(path) for path in sorted(set(inputs))},
        "workspace": sha256(settings) if (settings := folder / "duban.toml").is_file() else None,
        "ruleset": {"id": ruleset.id, "sha256": ruleset_hash(ruleset)},
        "engine": f"duckdb {duckdb.__version__}",
        "versions": {
            "duban": version("duban"),
            "python": platform.python_version(),
            "duckdb": duckdb.__version__,
        },
        "plugins": dict(registry.versions),
        "plugins_disabled": list(registry.disabled),
        "plugins_at_fault": {name: fault.code for name, fault in registry.faults.items()},
        "non_response": {"answer": ratings.answer.non_response, "result": ratings.result.non_response},
        "responses": responses,
    }


def ruleset_as_data(ruleset: Ruleset) -> dict[str, Any]:
    """Return the ruleset as resolved, in the words of its file; numbers as plain decimals in text."""
    return ruleset.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def ruleset_hash(ruleset: Ruleset) -> str:
    """Return the sha256 of the ruleset as resolved, written as JSON in the order of its file."""
    text = json.dumps(ruleset_as_data(ruleset), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
