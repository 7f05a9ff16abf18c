"""What could have been otherwise in a department's cases, and what the engine makes of it.

No effect is assumed: the rows are changed in the engine, seen as every run sees them, and their marks compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, NamedTuple

from duban.corrections import Edit
from duban.counted import sql_date
from duban.engine import Engine, literal, quoted
from duban.items import Item
from duban.pipeline import Facts, seen
from duban.preparing import Prepared
from duban.relations import Relation
from duban.sql import column_names
from duban.stages.itemising import itemised
from duban.tables import CASES

from .changes import Option, Turn

# The kinds of change, by what they change: a case answered in time, a contact made, a rating turned.
KINDS = ("replied_on", "contact", "answer_rating", "result_rating")
_CONTACT = ("contacted_on", "contact_mode", "contacts")
_ROWS = "margin_rows"


class Cell(NamedTuple):
    """One column of a case and what it is changed to, as SQL over the case as it counts; NULL is a blank cell."""

    column: str
    new: str


class Kind(NamedTuple):
    """One kind of change: the condition under which a case can be changed like this, and the cells that change."""

    id: str
    applies: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Turns:
    """The cases of a department with their possible changes, and the cells that each change is made of."""

    turns: Sequence[Turn]
    cells: Mapping[tuple[int, int, str], Sequence[tuple[str, str]]]
    files: Sequence[tuple[str, str]] = ()

    def edits(self, turn: Turn, option: Option) -> list[Edit]:
        """Return a change as edits of the ledger."""
        item = turn.item
        place = {"_file": self.files[item.file][0], "_row": str(item.row)}
        key = {"case_id": item.case_id or "", "department": item.department, **place}
        return [
            Edit("cases", key, column, new)
            for kind in option.kinds
            for column, new in self.cells[item.file, item.row, kind]
        ]


def turns(
    engine: Engine,
    prepared: Prepared,
    facts: Facts,
    department: str,
    efforts: Mapping[str, int],
    *,
    better: bool,
) -> Turns:
    """Return how the cases of a department could be changed for the better or the worse, with the marks they would have.

    Several kinds may change one case. `efforts` is what each kind takes; for the worse each case takes one, however it
    is changed. Ratings that stand in a table of their own and contacts counted there are not changed.

    Raises: DubanError.
    """
    if "cases" not in facts.relations:
        return Turns((), {})
    try:
        return _Turning(engine, prepared, facts, department).turns(efforts, better)
    finally:
        seen(engine, prepared, facts.tables, facts.departments)


class _Turning:
    """The rows of one department in the engine, as they are and as they could be."""

    def __init__(self, engine: Engine, prepared: Prepared, facts: Facts, department: str) -> None:
        self._engine, self._prepared, self._facts = engine, prepared, facts
        self._department = department
        self._read = facts.tables["cases"]
        self._seen = self._with(())

    def turns(self, efforts: Mapping[str, int], better: bool) -> Turns:
        """Return the cases that can be changed."""
        kinds = self._better() if better else self._worse()
        if not kinds:
            return Turns((), {})
        before = {(item.file, item.row): item for item in self._items(self._seen)}
        self._store(kinds)
        applying, cells = self._applying(kinds)
        options: dict[tuple[int, int], list[Option]] = {place: [] for place in before}
        for chosen in _subsets(kinds):
            names = tuple(kind.id for kind in chosen)
            places = [
                place for place, known in applying.items() if place in before and known.issuperset(names)
            ]
            if not places:
                continue
            effort = sum(efforts.get(name, 1) for name in names) if better else 1
            after = {(item.file, item.row): item.marks for item in self._items(self._with(chosen))}
            for place in places:
                if place in after and _can_be(names, applying[place]):
                    options[place].append(Option(names, effort, after[place]))
        changeable = [Turn(item, options[place]) for place, item in before.items() if options[place]]
        return Turns(changeable, cells, self._read.files)

    def _better(self) -> list[Kind]:
        day = f"least(deadline_on, {sql_date(self._prepared.as_of)})"
        late = (
            f"deadline_on IS NOT NULL AND {day} >= assigned_on AND coalesce(replied_on > deadline_on, true)"
        )
        replied = [Cell("replied_on", day), Cell("reply_kind", "'final'")]
        contact = [
            Cell("contacted_on", "assigned_on"),
            Cell("contact_mode", "'in_person'"),
            Cell("contacts", "greatest(coalesce(contacts, 0), 1)"),
        ]
        found = [self._kind("replied_on", late, replied), self._kind("contact", "true", contact)]
        for stage in ("answer_rating", "result_rating"):
            poor = f"coalesce({stage} NOT IN ('very_satisfied', 'satisfied'), true)"
            found.append(self._kind(stage, poor, [Cell(stage, "'satisfied'")]))
        return [kind for kind in found if kind is not None]

    def _worse(self) -> list[Kind]:
        late = f"replied_on <= deadline_on AND deadline_on < {sql_date(self._prepared.as_of)}"
        contact = [
            Cell("contacted_on", "CAST(NULL AS DATE)"),
            Cell("contact_mode", "'none'"),
            Cell("contacts", "0"),
        ]
        found = [
            self._kind("replied_on", late, [Cell("replied_on", "deadline_on + 1")]),
            self._kind("contact", "true", contact),
        ]
        for stage in ("answer_rating", "result_rating"):
            found.append(
                self._kind(stage, f"{stage} IS DISTINCT FROM 'dissatisfied'", [Cell(stage, "'dissatisfied'")])
            )
        return [kind for kind in found if kind is not None]

    def _kind(self, name: str, applies: str, cells: Sequence[Cell]) -> Kind | None:
        """Return a kind over those of its columns that the ledger itself has and that any measure looks at."""
        kept = [cell for cell in cells if cell.column in self._read.headings]
        if name == "contact":
            kept = [cell for cell in kept if cell.column in self._looked_at()]
            applies = " OR ".join(f"{cell.column} IS DISTINCT FROM {cell.new}" for cell in kept)
        elif not kept or kept[0].column != name or (name == "replied_on" and not self._dated()):
            return None
        return Kind(name, f"{applies}{self._not_in_table(name)}", kept) if kept else None

    def _dated(self) -> bool:
        return "deadline_on" in self._seen.available

    def _looked_at(self) -> set[str]:
        """Return the columns of the cases that measures look at, through derived columns too."""
        named = {
            name
            for use in self._prepared.plan.uses.values()
            if use.measure.table == CASES.name and use.formula is None
            for clause in (use.count, use.hit, use.value, use.where)
            if clause is not None
            for name in column_names(clause)
        }
        derived = self._seen.derived
        return named.union(*(derived[name].needs for name in named & derived.keys()))

    def _not_in_table(self, name: str) -> str:
        """Return the condition that a case's rating stands in the ledger, not in the table of ratings."""
        ratings = self._facts.tables.get("ratings")
        if ratings is None or name not in ("answer_rating", "result_rating"):
            return ""
        same = "r.case_id = margin.case_id AND r.department = margin.department"
        stage = literal(name.removesuffix("_rating"))
        return (
            f" AND NOT EXISTS (SELECT 1 FROM {quoted(ratings.name)} AS r WHERE {same} AND r.stage = {stage})"
        )

    def _store(self, kinds: Sequence[Kind]) -> None:
        """Store for each case which kinds apply to it, and the new values of its cells."""
        cells = [cell for kind in kinds for cell in kind.cells]
        applies = [f"coalesce({kind.applies}, false) AS {quoted('applies ' + kind.id)}" for kind in kinds]
        new = [f"{cell.new} AS {quoted('new ' + cell.column)}" for cell in cells]
        answered = "replied_on IS NOT NULL" if "replied_on" in self._seen.available else "true"
        self._engine.run(
            f"CREATE OR REPLACE TABLE {_ROWS} AS SELECT _file, _row, {answered} AS answered, "
            f"{', '.join([*applies, *new])} FROM {quoted(self._seen.name)} AS margin "
            f"WHERE department = {literal(self._department)}"
        )

    def _applying(
        self, kinds: Sequence[Kind]
    ) -> tuple[dict[tuple[int, int], set[str]], dict[tuple[int, int, str], list[tuple[str, str]]]]:
        """Return the kinds that apply to each case, `answered` with them where it is, and the cells that differ."""
        columns = [
            f"m.{quoted('applies ' + kind.id)}, [{', '.join(_differing(cell) for cell in kind.cells)}]"
            for kind in kinds
        ]
        rows = self._engine.rows(
            f"SELECT m._file, m._row, m.answered, {', '.join(columns)} FROM {_ROWS} AS m "
            f"JOIN {quoted(self._read.name)} AS c ON c._file = m._file AND c._row = m._row "
            f"AND c.department = {literal(self._department)} ORDER BY ALL"
        )
        applying: dict[tuple[int, int], set[str]] = {}
        cells: dict[tuple[int, int, str], list[tuple[str, str]]] = {}
        for file, row, answered, *rest in rows:
            known = applying.setdefault((file, row), {"answered"} if answered else set())
            for kind, applies, new in zip(kinds, rest[::2], rest[1::2], strict=True):
                if applies:
                    known.add(kind.id)
                    cells[file, row, kind.id] = _changed(kind, new)
        return applying, cells

    def _items(self, relation: Relation) -> Sequence[Item]:
        plan, departments, as_of = self._prepared.plan, self._facts.departments, self._prepared.as_of
        return itemised(self._engine, {"cases": relation}, plan, departments, as_of)

    def _with(self, kinds: Sequence[Kind]) -> Relation:
        """Return the department's cases as they count with these kinds of change made wherever they apply."""
        replaced = [
            f"CASE WHEN m.{quoted('applies ' + kind.id)} THEN m.{quoted('new ' + cell.column)} "
            f"ELSE c.{quoted(cell.column)} END AS {quoted(cell.column)}"
            for kind in kinds
            for cell in kind.cells
        ]
        name = "cases_margin"
        changed = f" REPLACE ({', '.join(replaced)})" if replaced else ""
        joined = f"LEFT JOIN {_ROWS} AS m ON c._file = m._file AND c._row = m._row" if replaced else ""
        self._engine.run(
            f"CREATE OR REPLACE VIEW {name} AS SELECT c.*{changed} FROM {quoted(self._read.name)} AS c {joined} "
            f"WHERE c.department = {literal(self._department)}"
        )
        tables = {"cases": replace(self._read, name=name)}
        return seen(self._engine, self._prepared, tables, self._facts.departments)["cases"]


def _subsets(kinds: Sequence[Kind]) -> Iterator[Sequence[Kind]]:
    for size in range(1, len(kinds) + 1):
        yield from combinations(kinds, size)


def _can_be(names: Sequence[str], known: set[str]) -> bool:
    """Return whether the ratings among these kinds are of a case that is answered, or would be."""
    rated = any(name.endswith("_rating") for name in names)
    return not rated or "answered" in known or "replied_on" in names


def _differing(cell: Cell) -> str:
    """Return the new value as text where it is another one than the ledger's; a blank one is an empty text."""
    new, old = f"m.{quoted('new ' + cell.column)}", f"c.{quoted(cell.column)}"
    return f"CASE WHEN {new} IS DISTINCT FROM {old} THEN coalesce(CAST({new} AS VARCHAR), '') END"


def _changed(kind: Kind, new: Sequence[Any]) -> list[tuple[str, str]]:
    return [(cell.column, text) for cell, text in zip(kind.cells, new, strict=True) if text is not None]
