"""Checking: every row that cannot be right is a finding, and each finding stops, leaves its row out, or is accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from duban.corrections import ALWAYS_STOP
from duban.counted import counted
from duban.deadlines import At
from duban.engine import Engine, quoted
from duban.errors import Position, WorkspaceError
from duban.findings import Finding, action_for, in_order
from duban.methods import Check
from duban.relations import Relation
from duban.ruleset import Period, Ruleset
from duban.terms import Action, Severity
from duban.texts import codes

from .extending import extended
from .leaving_out import Exclusions
from .rows import RowCheck, deadline_checks, event_checks, offended, plugin_checks, rows_of
from .sets import double_code, doubles, duplicate_rows, find_doubles, same_figures

__all__ = ["Checked", "check", "known_codes", "refuse_unknown_codes", "stops"]


@dataclass(frozen=True)
class Checked:
    """Every finding in order, the relations without the rows left out, whether to stop, and how many rows are out."""

    findings: Sequence[Finding]
    relations: Mapping[str, Relation]
    stopped: bool
    excluded: int


def known_codes(checks: Sequence[Check]) -> list[str]:
    """Return every code that `[findings]` may set: duban's own and those of the registered checks."""
    return sorted({*codes("findings"), *(item.id for item in checks)})


def refuse_unknown_codes(settings: Mapping[str, Action], checks: Sequence[Check], at: At) -> None:
    """Refuse a setting for a finding that does not exist, or that stops whatever anybody says.

    Raises: WorkspaceError.
    """
    known = known_codes(checks)
    for code in sorted(settings):
        if code not in known:
            raise WorkspaceError("unknown_finding_code", at(("findings", code)), name=code, known=known)
        if code in ALWAYS_STOP and settings[code] is not Action.STOP:
            place = at(("findings", code))
            raise WorkspaceError("finding_always_stops", place, name=code, action=settings[code].value)


def stops(item: Finding, settings: Mapping[str, Action]) -> bool:
    """Return whether a finding stops the run; one that names no row has none to leave out, and falls to its default."""
    action = action_for(item, settings)
    if action is Action.EXCLUDE and item.row is None:
        return item.severity is Severity.ERROR
    return action is Action.STOP


def nowhere(path: tuple[str, ...]) -> Position:
    """Return a place for what stands in no file."""
    return Position(".".join(path))


def check(
    engine: Engine,
    relations: Mapping[str, Relation],
    checks: Sequence[Check],
    findings: Sequence[Finding],
    settings: Mapping[str, Action],
    ruleset: Ruleset,
    period: Period | None,
    as_of: date,
    at: At = nowhere,
) -> Checked:
    """Check the typed tables; `findings` are those of reading, `at` tells where the ruleset's texts stand.

    Rows left out by one finding are not looked at for another.

    Raises: WorkspaceError, for an unknown code in the settings; MeasureError, where a check's text is wrong.
    """
    refuse_unknown_codes(settings, checks, nowhere)
    checker = _Checker(engine, relations, settings)
    checker.take(findings)

    def within(table: str) -> str:
        return counted(checker.relations[table].available, period, as_of) if table == "cases" else "true"

    # The cases come last: they rest on what the other sheets say of them.
    for table in sorted(relations, key=lambda name: (name == "cases", name)):
        if table == "cases":
            checker.extend_cases(as_of)
        relation = checker.relations[table]
        own = event_checks(relation, as_of)
        own += deadline_checks(engine, relation, ruleset, period, as_of, at) if table == "cases" else []
        counted_rows = plugin_checks(checks, relation, period, as_of, counted_only=True)
        checker.check_rows(table, [*own, *counted_rows], within(table))
        all_rows = plugin_checks(checks, relation, period, as_of, counted_only=False)
        checker.check_rows(table, all_rows, "true")
    for table in sorted(relations):
        checker.compare_rows(table, within(table))
    return checker.result()


class _Checker:
    """Collects findings and leaves rows out, in an order that makes the result independent of the checks' order."""

    def __init__(
        self, engine: Engine, relations: Mapping[str, Relation], settings: Mapping[str, Action]
    ) -> None:
        self._engine, self._settings = engine, settings
        self._out = Exclusions(engine, relations)
        self._findings: list[Finding] = []

    def take(self, findings: Sequence[Finding]) -> None:
        """Take over what reading noticed, and leave its rows out where the workspace says so.

        What else is wrong with such a row (a total row has no department) need not be mended.
        """
        self._out.add_rows(item for item in findings if self._leaves_out(item))
        self._findings.extend(
            item for item in findings if self._leaves_out(item) or not self._out.holds(item)
        )

    @property
    def relations(self) -> Mapping[str, Relation]:
        """The tables without the rows left out so far."""
        return self._out.relations

    def extend_cases(self, as_of: date) -> None:
        """Let the sheets that extend the cases say what they know of them."""
        tables = self._out.relations
        sheets = [item for _, item in sorted(tables.items()) if item.declared and item.declared.extends]
        tables["cases"], findings = extended(self._engine, tables["cases"], sheets, as_of)
        self._findings.extend(findings)

    def check_rows(self, table: str, checks: Sequence[RowCheck], counted: str) -> None:
        """Run the checks of single rows: first those that leave rows out, then the others on what remains."""
        leaving = [item for item in checks if self._settings.get(item.code) is Action.EXCLUDE]
        staying = [item for item in checks if item not in leaving]
        relation = self._out.relations[table]
        for item, count in offended(self._engine, relation, leaving, counted):
            self._findings.extend(rows_of(self._engine, relation, item, counted, count))
            query = (
                f"SELECT _file, _row FROM {quoted(relation.name)} WHERE ({counted}) AND ({item.condition})"
            )
            self._out.add_query(table, item.code, query)
        relation = self._out.relations[table]
        for item, count in offended(self._engine, relation, staying, counted):
            self._findings.extend(rows_of(self._engine, relation, item, counted, count))

    def compare_rows(self, table: str, counted: str) -> None:
        """Run the checks that compare rows."""
        relation = self._out.relations[table]
        if find_doubles(self._engine, relation, counted):
            self._findings.extend(duplicate_rows(self._engine, relation, counted))
            code = double_code(relation)
            if self._settings.get(code) is Action.EXCLUDE:
                self._out.add_query(table, code, doubles(relation, counted))
        if table == "cases":
            departments = self._out.relations.get("departments")
            self._findings.extend(
                same_figures(self._engine, self._out.relations[table], counted, departments)
            )

    def result(self) -> Checked:
        """Return everything, in order."""
        found = in_order([*self._findings, *self._out.findings()])
        stopped = any(self._stops(item) for item in found)
        return Checked(found, self._out.relations, stopped, self._out.count)

    def _leaves_out(self, item: Finding) -> bool:
        return action_for(item, self._settings) is Action.EXCLUDE and self._out.can_leave_out(item)

    def _stops(self, item: Finding) -> bool:
        if action_for(item, self._settings) is Action.EXCLUDE and not self._out.can_leave_out(item):
            return item.severity is Severity.ERROR
        return stops(item, self._settings)
