"""Itemising: what each row of each table is to each measure use of the plan."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from duban.counters import Counter, compile_uses
from duban.engine import Engine, quoted
from duban.items import Item, Mark
from duban.plan import Plan
from duban.relations import Relation
from duban.results import Department

_PLACE = ("case_id", "role")


def itemised(
    engine: Engine,
    relations: Mapping[str, Relation],
    plan: Plan,
    departments: Sequence[Department],
    as_of: date,
) -> list[Item]:
    """Return every row of the tables that measures count, by table, department, case and place.

    A use over a column that its table lacks has no marks, nor has a formula. Rows of other departments are left out.

    Raises: MeasureError, or Problems, where a text does not fit its table.
    """
    counted = [use for _, use in sorted(plan.uses.items()) if use.formula is None]
    known = {department.id for department in departments}
    items: list[Item] = []
    for name in sorted({use.measure.table for use in counted} & relations.keys()):
        relation = relations[name]
        uses = [use for use in counted if use.measure.table == name]
        counters = compile_uses(engine, uses, relation.columns, plan, as_of)
        ready = [item for item in counters if item.columns <= relation.available]
        items += _items(engine, relation, ready, known)
    return items


def _items(engine: Engine, relation: Relation, counters: Sequence[Counter], known: set[str]) -> list[Item]:
    """Return the rows of one table; rows with equal marks are told apart by one short text."""
    place = [quoted(name) if name in relation.available else "NULL" for name in _PLACE]
    marks = ", '|', ".join(_sign(counter) for counter in counters) or "''"
    rows = engine.rows(
        f"SELECT department, {', '.join(place)}, _file, _row, concat({marks}) FROM {quoted(relation.name)} ORDER BY ALL"
    )
    read: dict[str, Mapping[str, Mark]] = {}
    found = []
    for department, case_id, role, file, row, signs in rows:
        if department not in known:
            continue
        if signs not in read:
            read[signs] = _marks(counters, signs.split("|"))
        found.append(Item(relation.table, department, case_id, role, file, row, read[signs]))
    return found


def _sign(counter: Counter) -> str:
    """Return the mark of a row as SQL: empty where it does not count, else its value, or 1 for a hit and 0 for none."""
    worth = "'1'"
    if counter.value is not None:
        worth = f"CAST({counter.value} AS VARCHAR)"
    elif counter.hit:
        worth = f"CASE WHEN {counter.hit} THEN '1' ELSE '0' END"
    return f"CASE WHEN {counter.valued} THEN {worth} ELSE '' END"


def _marks(counters: Sequence[Counter], signs: Sequence[str]) -> Mapping[str, Mark]:
    made = {counter.use.key: _mark(counter, sign) for counter, sign in zip(counters, signs, strict=False)}
    return MappingProxyType(made)


def _mark(counter: Counter, sign: str) -> Mark:
    if counter.value is not None:
        return Mark(bool(sign), None, Fraction(Decimal(sign)) if sign else None)
    return Mark(bool(sign), None if counter.hit is None else sign == "1")
