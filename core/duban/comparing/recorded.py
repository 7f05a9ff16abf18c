"""What a run wrote: `result.json` holds its rules, departments and figures, exactly."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from duban.corrections import CORRECTIONS_FILE, Edit
from duban.describing.opening import Opened
from duban.differences.standpoints import Standpoint, Standpoints
from duban.documents import Document
from duban.errors import InputError, UsageError
from duban.loading import LoadedRuleset
from duban.own_columns import with_own_columns
from duban.plan import Plan
from duban.preparing import check_attributes
from duban.registry import Registry, installed
from duban.resolving import resolve
from duban.results import Department, Figure, Value
from duban.ruleset import Period, Ruleset
from duban.tables import known_tables
from duban.terms import Status

from .sides import Counted

RESULT = "result.json"
# What changes how a ledger is read and dated.
_READING = ("deadlines", "outcomes", "ratings", "scales", "columns")


@dataclass(frozen=True)
class RecordedSide:
    """A run as it was written: nothing in it can be counted anew."""

    name: str
    title: str
    rules: Opened
    manifest: Mapping[str, Any]
    told: Standpoints
    held: Counted

    @property
    def edits(self) -> Sequence[Edit] | None:
        """Its corrections: what they were is not in the file, only whether there were some."""
        return None if CORRECTIONS_FILE in self.manifest["inputs"] else ()

    def counted(self, rules: Opened, edits: Sequence[Edit] | None) -> Counted:
        """Return what was counted, where that is what the rules count. Raises: UsageError, where it is not."""
        if edits is not None or not self._is_counted(rules.plan):
            raise UsageError("compare_needs_workspace", self.name)
        if rules.plan is not self.rules.plan:
            measures = {*rules.registry.measures, *rules.plan.ruleset.measures, *rules.plan.ruleset.sheets}
            check_attributes(rules.plan, list(self.held.departments.values()), measures)
        return self.held

    def _is_counted(self, plan: Plan) -> bool:
        own = self.rules.plan
        if any(getattr(own.ruleset, name) != getattr(plan.ruleset, name) for name in _READING):
            return False
        return all(
            key in own.uses and key in self.held.figures and own.uses[key].measure == use.measure
            for key, use in plan.uses.items()
        )


def recorded_side(name: str, file: Path, disable: Sequence[str]) -> RecordedSide:
    """Read what a run wrote.

    Raises: InputError, for a file that is no such result; DubanError, where its rules need what is not installed.
    """
    registry = installed(tuple(disable))
    try:
        held = json.loads(file.read_bytes(), parse_float=Decimal)
        evaluation, about = held["evaluation"], held["manifest"]
        ruleset = Ruleset.model_validate(held["ruleset"])
        period = None if about["period"] is None else Period.model_validate(about["period"])
        told, counted = dict(_told(held)), _counted(evaluation)
        title = str(held["title"])
        _ = about["inputs"].items(), about["as_of"], about["versions"], about["plugins"]
    except OSError as error:
        raise InputError("file_unreadable", str(file), reason=error.strerror) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("compare_no_result", str(file), reason=type(error).__name__) from error
    rules = _opened(str(file), ruleset, period, registry)
    return RecordedSide(name, title, rules, about, told, counted)


def _opened(file: str, ruleset: Ruleset, period: Period | None, registry: Registry) -> Opened:
    loaded = LoadedRuleset(ruleset, {}, {}, (Document(file, {}),))
    with registry.explaining():
        tables = with_own_columns(known_tables(registry.tables.values()), loaded)
        return Opened(loaded, resolve(loaded, registry, tables, period), registry, tables)


def _told(held: Mapping[str, Any]) -> Iterator[tuple[str, Standpoint]]:
    lists: dict[str, set[str]] = {}
    for row in held["selections"]:
        lists.setdefault(row["department"], set()).add(row["selection"])
    for row in held["ranking"]:
        total = None if row["total"] is None else Fraction(row["total"])
        on = frozenset(lists.get(row["department"], ()))
        yield row["department"], Standpoint(row["group"] or "", total, row["rank"], row["status"], on)


def _counted(evaluation: Mapping[str, Any]) -> Counted:
    departments = [
        Department(
            item["department"],
            item["name"],
            {name: _value(value) for name, value in item["attributes"].items()},
            item["has_cases"],
            tuple(item["aliases"]),
        )
        for item in evaluation["departments"]
    ]
    figures = {
        key: {
            item.id: Figure(Status(status), count, hits, None if value is None else Fraction(value))
            for item, (status, count, hits, value) in zip(departments, column, strict=True)
        }
        for key, column in evaluation["figures"].items()
    }
    return Counted({item.id: item for item in departments}, figures)


def _value(value: Any) -> Value:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Fraction(value) if is_number else value
