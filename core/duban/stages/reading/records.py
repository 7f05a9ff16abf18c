"""The rows of a sheet: which are units, which are left out, and what a clerk should know of them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from duban.engine import Engine, quoted
from duban.findings import Finding
from duban.tables import Table

from . import margins
from .grids import Area, Grid, Place, columns_of, letters
from .headings import Header, Mapped, Row

_LISTED_ROWS = 20


@dataclass(frozen=True)
class Records:
    """The rows of one sheet below its header: which of them are units, and what was noticed on them."""

    engine: Engine
    grid: Grid
    header: Header
    table: Table
    mapped: Mapped
    place: Place

    def stage(self, relation: str, top: Sequence[Row]) -> list[Finding]:
        """Make the view of the units, with merged cells filled; `top` are the first rows of the sheet."""
        left_out, noticed = self._set_apart(top)
        findings = [*self._opening(), *noticed, *self._notes(left_out), *self._fill_merged(left_out)]
        self.engine.run(
            f"CREATE OR REPLACE VIEW {quoted(relation)} AS SELECT * FROM {quoted(self.grid.relation)} "
            f"WHERE {self._condition(left_out)}"
        )
        return [*findings, *self._closing(relation)]

    def _set_apart(self, top: Sequence[Row]) -> tuple[set[int], list[Finding]]:
        """Return the rows that are left out, and the findings on them and on total rows, which stay."""
        findings: list[Finding] = []
        repeated = margins.repeated_headers(self.engine, self.grid, self.header, top)
        findings.extend(self.place.finding("repeated_header", row=row) for row in repeated)
        feet = margins.footers(
            self.engine, self.grid, self.header, self.table, self.mapped.columns, self._last
        )
        findings.extend(self.place.finding("footer_left_out", row=row, value=text) for row, text in feet)
        every = range(self.grid.width)
        where = (self.engine, self.grid.relation, self.header, self.table, self.mapped)
        findings.extend(total_findings(*where, every, self.place))
        return {*repeated, *(row for row, _ in feet)}, findings

    @cached_property
    def _last(self) -> int:
        """The last row that is not blank; exports often end in many that are."""
        where = f" WHERE NOT ({margins.blank_row(self.grid.width)})" if self._has_blank else ""
        (last,) = self.engine.one(f"SELECT max(_row) FROM {quoted(self.grid.relation)}{where}")
        return int(last or 0)

    @cached_property
    def _has_blank(self) -> bool:
        """Whether any row of the sheet is blank: where none is, no later scan need ask."""
        where = margins.blank_row(self.grid.width)
        (count,) = self.engine.one(f"SELECT count(*) FROM {quoted(self.grid.relation)} WHERE {where}")
        return bool(count)

    def _heading(self, index: int) -> str:
        return _heading(self.header, index)

    def _condition(self, left_out: Collection[int]) -> str:
        """Return the SQL of the rows that are units: below the header, not blank, not left out."""
        parts = [f"_row > {self.header.bottom}"]
        if self._has_blank:
            parts.append(f"NOT ({margins.blank_row(self.grid.width)})")
        if left_out:
            parts.append(f"_row NOT IN ({', '.join(map(str, sorted(left_out)))})")
        return " AND ".join(parts)

    def _fill_merged(self, left_out: Collection[int]) -> Iterator[Finding]:
        """Fill the cells of a range merged downwards with its first cell's value, in rows that hold anything else."""
        for left, areas in sorted(self._merged_down(left_out).items()):
            yield from self._fill(left - 1, areas)

    def _merged_down(self, left_out: Collection[int]) -> dict[int, list[Area]]:
        """Return the ranges to fill by column, from above; of two that overlap, as no program writes, the first."""
        columns: dict[int, list[Area]] = {}
        for area in sorted(self.grid.merged):
            areas = columns.setdefault(area.left, [])
            reached = areas[-1].bottom if areas else self.header.bottom
            bottom = min(area.bottom, self._last)
            if area.left <= self.grid.width and bottom > area.top > reached and area.top not in left_out:
                areas.append(area._replace(bottom=bottom))
        return {left: areas for left, areas in columns.items() if areas}

    def _fill(self, index: int, areas: Sequence[Area]) -> Iterator[Finding]:
        name, relation = f"c{index + 1}", quoted(self.grid.relation)
        spans = ", ".join(f"({area.top}, {area.bottom})" for area in areas)
        source = (
            f"SELECT span.first, span.last, above.{name} AS held FROM (VALUES {spans}) span(first, last) "
            f"JOIN {relation} above ON above._row = span.first WHERE NOT {margins.blank(f'above.{name}')}"
        )
        held = self.engine.rows(f"{source} ORDER BY 1")
        self.engine.run(
            f"UPDATE {relation} SET {name} = source.held FROM ({source}) source WHERE _row > source.first "
            f"AND _row <= source.last AND {margins.blank(f'{relation}.{name}')} "
            f"AND NOT ({' AND '.join(margins.blank(f'{relation}.{each}') for each in columns_of(self.grid.width))})"
        )
        for first, last, value in held:
            yield self.place.finding(
                "merged_cells_filled",
                row=first,
                column=self._heading(index),
                value=value,
                rows=tuple(range(first + 1, last + 1)),
                first=first,
                last=last,
            )

    def _closing(self, relation: str) -> Iterator[Finding]:
        """Yield what the staged rows show: hidden ones, or none at all."""
        for first, last in _runs(row for row in self.grid.hidden if row > self.header.bottom):
            held = self.engine.rows(
                f"SELECT _row FROM {quoted(relation)} WHERE _row BETWEEN {first} AND {last} ORDER BY _row"
            )
            rows = tuple(row for (row,) in held)
            if rows:
                place = {"row": rows[0], "rows": rows[1:]}
                yield self.place.finding("hidden_rows", **place, first=first, last=last, count=len(rows))
        (empty,) = self.engine.one(f"SELECT count(*) = 0 FROM (SELECT 1 FROM {quoted(relation)} LIMIT 1)")
        if empty:
            yield self.place.finding("empty_table")

    def _opening(self) -> Iterator[Finding]:
        header, sheets = self.header, self.grid.sheets
        if header.bottom > 1:
            listed = str(header.top) if header.top == header.bottom else f"{header.top}–{header.bottom}"
            yield self.place.finding("header_found", row=header.bottom, listed=listed)
        if len(sheets) > 1 and self.grid.sheet == sheets[0]:
            others = "、".join(name for name in sheets if name != self.grid.sheet)
            yield self.place.finding("sheet_chosen", value=self.grid.sheet, others=others)

    def _notes(self, left_out: Collection[int]) -> Iterator[Finding]:
        """Yield what was noticed while reading, as far as it concerns units."""
        used = set(self.mapped.columns.values())
        for note in self.grid.notes:
            concerns = note.row is None or (note.row > self.header.bottom and note.row not in left_out)
            if concerns and (note.column is None or note.column in used):
                column = "" if note.column is None else self._heading(note.column)
                yield self.place.finding(note.code, row=note.row, column=column, value=note.value)
        short = [row for row in self.grid.short if row > self.header.bottom and row not in left_out]
        if short:
            listed = "、".join(map(str, short[:_LISTED_ROWS])) + (" …" if len(short) > _LISTED_ROWS else "")
            further = tuple(short[1:])
            yield self.place.finding(
                "short_rows", row=short[0], rows=further, listed=listed, count=len(short)
            )


def total_findings(
    engine: Engine,
    relation: str,
    header: Header,
    table: Table,
    mapped: Mapped,
    texts: Collection[int],
    place: Place,
) -> Iterator[Finding]:
    """Yield the total rows; they stay until the workspace excludes them."""
    totals = margins.total_rows(engine, relation, header.bottom, table, mapped.columns, texts)
    for row, (index, text) in totals.items():
        yield place.finding("total_row", row=row, column=_heading(header, index), value=text)


def _heading(header: Header, index: int) -> str:
    return (header.headings[index] if index < len(header.headings) else "") or f"列{letters(index)}"


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return first and last row of each run of neighbouring rows."""
    ordered = sorted(rows)
    starts = ordered[:1] + [right for left, right in pairwise(ordered) if right != left + 1]
    ends = [left for left, right in pairwise(ordered) if right != left + 1] + ordered[-1:]
    return list(zip(starts, ends, strict=True))
