"""Checks of single rows: all of a table in one scan, then the rows of those that have offenders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from duban.counted import sql_date
from duban.deadlines import REPLY, At, bindings, clocks, extended_too_long, without_deadline
from duban.engine import Engine, quoted
from duban.errors import DubanError, MeasureError
from duban.findings import Finding, finding
from duban.methods import Check
from duban.relations import Relation
from duban.ruleset import Period, Ruleset
from duban.sql import Clause, Scope, first_line, render
from duban.tables import CASES, Column
from duban.terms import Severity
from duban.texts import Text, phrase

# More rows of one kind than a clerk will ever read; the rest is counted in one finding.
LISTED_ROWS = 20_000


@dataclass(frozen=True)
class RowCheck:
    """A check as SQL over one relation: `facts` are the columns whose values its sentence may show.

    `whole_table` makes one finding of all offending rows, without naming any.
    """

    code: str
    column: str
    condition: str
    facts: Sequence[str] = ()
    check: Check | None = None
    whole_table: bool = False

    def finding(self, **where: Any) -> Finding:
        """Return the finding of one offending row, or of the whole table where no row is named."""
        if self.check is None:
            return finding(self.code, **where)
        fields = {name: value for name, value in where.items() if name in Finding.__dataclass_fields__}
        facts = {name: value for name, value in where.items() if name not in fields}
        return Finding(
            self.code,
            self.check.severity,
            **fields,
            facts=facts,
            message=self.check.message,
            todo=self.check.action,
        )


def plugin_checks(
    checks: Sequence[Check], relation: Relation, period: Period | None, as_of: date, *, counted_only: bool
) -> list[RowCheck]:
    """Return the registered checks of the rows of a relation's table that rest only on columns which it has, by id.

    Raises: MeasureError, where a check's text is wrong.
    """
    scope = Scope(relation.columns, bindings(period, as_of))
    found = []
    for check in sorted(checks, key=lambda item: item.id):
        if check.table != relation.table or check.counted_only is not counted_only or check.by_department:
            continue
        asked = rendered(check.id, check.offends, scope)
        if asked is not None and asked[1] <= relation.available:
            found.append(RowCheck(check.id, check.column, asked[0], sorted(asked[1]), check))
    return found


def rendered(id: str, text: str, scope: Scope) -> tuple[str, frozenset[str]] | None:
    """Return a check's text as SQL and its columns; None where it asks for a period and there is none.

    Raises: MeasureError, where the text is wrong.
    """
    try:
        found = render(Clause(text, f"checks.{id}", id), scope)
    except MeasureError as error:
        if error.code == "parameter_unbound":
            return None
        raise
    return found.sql, found.columns


def event_checks(relation: Relation, as_of: date) -> list[RowCheck]:
    """Return duban's own check of every table: no event after `as_of`."""
    return [
        RowCheck("event_after_as_of", name, f"{quoted(name)} > {sql_date(as_of)}")
        for name, column in relation.columns.items()
        if column.event and name in relation.available
    ]


def deadline_checks(
    engine: Engine, relation: Relation, ruleset: Ruleset, period: Period | None, as_of: date, at: At
) -> list[RowCheck]:
    """Return duban's own checks of what the deadlines ask of the cases.

    Raises: MeasureError, where a deadline's `when` is wrong.
    """
    available, found = relation.available, list[RowCheck]()
    rules = clocks(engine, ruleset, relation.columns, available, period, as_of, at)
    rule = next((clock for clock in rules if clock.id == REPLY), None)
    missing = without_deadline(rule, available, as_of)
    if missing is None:
        found.append(RowCheck("no_deadline", "", "true", whole_table=True))
    else:
        found.append(RowCheck("no_deadline", "due_on", missing))
    too_long = extended_too_long(rule, available)
    if rule is not None and too_long is not None:
        found.append(RowCheck("extension_too_long", "extended_to", too_long, rule.rule.start))
    return found


def offended(
    engine: Engine, relation: Relation, checks: Sequence[RowCheck], counted: str
) -> list[tuple[RowCheck, int]]:
    """Return the checks that have offenders among the counted rows, with their number.

    Raises: MeasureError, where a check cannot be worked out over the data.
    """
    if not checks:
        return []
    asked = ", ".join(f"count_if(coalesce({check.condition}, false))" for check in checks)
    try:
        counts = engine.one(f"SELECT {asked} FROM {quoted(relation.name)} WHERE {counted}")
    except duckdb.Error as error:
        raise _culprit(engine, relation, checks, counted, error) from None
    return [(check, count) for check, count in zip(checks, counts, strict=True) if count]


def _culprit(
    engine: Engine, relation: Relation, checks: Sequence[RowCheck], counted: str, error: duckdb.Error
) -> DubanError:
    for check in checks:
        try:
            engine.one(f"SELECT count_if({check.condition}) FROM {quoted(relation.name)} WHERE {counted}")
        except duckdb.Error as own:
            return MeasureError(
                "check_failed", f"checks.{check.code}", name=check.code, reason=first_line(own)
            )
    return MeasureError("check_failed", name="?", reason=first_line(error))


def rows_of(
    engine: Engine, relation: Relation, check: RowCheck, counted: str, count: int
) -> Iterator[Finding]:
    """Return one finding for each offending row, in the order of the files; very many are counted in one."""
    if check.whole_table:
        yield in_one(check.finding(table=relation.table, count=count), "no_deadline_anywhere")
        return
    columns = {
        name: relation.columns[name] for name in (check.column, *check.facts) if name in relation.columns
    }
    selected = "".join(f", {quoted(name)}" for name in columns)
    rows = engine.rows(
        f"SELECT _file, _row{selected} FROM {quoted(relation.name)} "
        f"WHERE ({counted}) AND ({check.condition}) ORDER BY _file, _row LIMIT {LISTED_ROWS}"
    )
    for file, row, *values in rows:
        words = (_word(column, value) for column, value in zip(columns.values(), values, strict=True))
        facts = dict(zip(columns, words, strict=True))
        yield check.finding(
            **place(relation, file, row, check.column), value=facts.get(check.column, ""), **_free(facts)
        )
    if count > len(rows):
        yield more_rows(check.finding(table=relation.table, count=count - len(rows)))


def in_one(item: Finding, phrase_key: str) -> Finding:
    """Return a finding that speaks of many rows at once, with the sentences of its phrases."""
    told, todo = (f"checking.{phrase_key}", f"checking.{phrase_key}_do")
    message = Text(phrase(told, "zh"), phrase(told, "en"))
    return replace(item, message=message, todo=Text(phrase(todo, "zh"), phrase(todo, "en")))


def more_rows(item: Finding) -> Finding:
    """Return the finding that counts the rows which are not listed one by one; the listed ones decide what happens."""
    return replace(in_one(item, "more_rows"), severity=Severity.INFO)


def _free(facts: Mapping[str, str]) -> dict[str, str]:
    """Return the facts whose names are not those of a finding's own fields."""
    return {name: value for name, value in facts.items() if name not in Finding.__dataclass_fields__}


def place(relation: Relation, file: int, row: int | None, column: str = "") -> dict[str, Any]:
    """Return where a row stands, as a finding names it; the column by its heading."""
    name, sheet = relation.files[file] if file < len(relation.files) else ("", "")
    return {
        "table": relation.table,
        "file": name,
        "sheet": sheet,
        "row": row,
        "column": heading(relation, column),
    }


def heading(relation: Relation, column: str) -> str:
    """Return a column's heading as the file writes it, else its Chinese title."""
    if column in relation.headings:
        return relation.headings[column]
    known = relation.columns.get(column) or CASES.columns.get(column)
    return known.title if known else column


def _word(column: Column, value: object) -> str:
    """Return a value as the ledger would write it: a label as its first Chinese word."""
    words = column.labels.get(value, ()) if isinstance(value, str) else ()
    return words[0] if words else shown_value(value)


def shown_value(value: object) -> str:
    """Return a value as a finding shows it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
