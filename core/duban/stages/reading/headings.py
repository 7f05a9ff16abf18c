"""Which row holds the headings, and which column of the table each of them means."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from duban.errors import Position, WorkspaceError
from duban.findings import Finding
from duban.tables import Table
from duban.workspace import Source

from .grids import Area, Place, letters

SEARCHED_ROWS = 40
_RESERVED = ("_row", "_file")
# A note behind a heading, or the star of a required one.
_NOTES = re.compile(r"(\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|[*:])$|^\*+")
_BETWEEN_WIDE = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")

# One row as it stands in the sheet: its number and its cells.
Row = tuple[int, Sequence[str | None]]


class Header(NamedTuple):
    """The header found: its rows, and for each physical column the heading as written and the column it means."""

    top: int
    bottom: int
    headings: Sequence[str]
    columns: Sequence[str | None]

    @property
    def known(self) -> int:
        """How many columns of the table its headings mean."""
        return len({column for column in self.columns if column})


@dataclass(frozen=True)
class Mapped:
    """Physical index by column, heading by column, and what was noticed."""

    columns: Mapping[str, int]
    headings: Mapping[str, str]
    findings: Sequence[Finding] = field(default=())


def tidy(text: str | None) -> str:
    """Return a heading on one line: `沟通\\n方式` → `沟通方式`."""
    return _BETWEEN_WIDE.sub("", " ".join((text or "").split()))


def normalised(text: str) -> str:
    """Return what makes two headings the same: width and white space do not count.

    Case does: a column `State` of somebody's export is not the state of a case.
    """
    return "".join(unicodedata.normalize("NFKC", text).split())


def bare(text: str) -> str:
    """Return a normalised heading without the notes around it: `交办日期（必填）*` → `交办日期`."""
    text = normalised(text)
    while (shorter := _NOTES.sub("", text)) not in ("", text):
        text = shorter
    return text


class Vocabulary:
    """What headings mean here: the workspace's map first, then the English names, then the Chinese headings."""

    def __init__(self, table: Table, source: Source) -> None:
        self._mapped = {normalised(heading): column for heading, column in sorted(source.columns.items())}
        self._known = {
            normalised(heading): column.name
            for column in table.columns.values()
            for heading in column.headings
        }
        self._known |= {normalised(name): name for name in table.columns}

    def mapped(self, heading: str) -> str | None:
        """Return the column that the workspace gives to a heading."""
        return self._mapped.get(normalised(heading)) or self._mapped.get(bare(heading))

    def meaning(self, heading: str) -> str | None:
        """Return the column that a heading means, or None."""
        known = self._known.get(normalised(heading)) or self._known.get(bare(heading))
        return self.mapped(heading) or known


def find_header(
    rows: Sequence[Row], merged: Sequence[Area], words: Vocabulary, header_row: int | None = None
) -> Header | None:
    """Return the header among the first rows: the row, or the two, with the most known headings; None without any.

    `header_row` says which row it is, or for two rows either of them.
    """
    found = [header for header in _candidates(rows, merged, words) if _stands_at(header, header_row)]
    best = max(found, key=lambda header: (header.known, -header.top, header.bottom), default=None)
    return best if best is not None and (best.known or header_row is not None) else None


def _stands_at(header: Header, row: int | None) -> bool:
    return row is None or header.top <= row <= header.bottom


def _candidates(rows: Sequence[Row], merged: Sequence[Area], words: Vocabulary) -> Iterator[Header]:
    singles = [_one_level(row, words) for row in rows]
    yield from singles
    for index in range(len(rows) - 1):
        upper, lower = singles[index], singles[index + 1]
        if lower.top != upper.top + 1:
            continue
        double = _two_levels(rows[index], rows[index + 1], merged, words)
        joined = any(area.top == upper.top and area.bottom == lower.top for area in merged)
        if double.known > max(upper.known, lower.known) or (joined and double.known >= max(upper.known, 1)):
            yield double


def _one_level(row: Row, words: Vocabulary) -> Header:
    headings = [tidy(cell) for cell in row[1]]
    return Header(
        row[0], row[0], headings, [words.meaning(heading) if heading else None for heading in headings]
    )


def _two_levels(upper: Row, lower: Row, merged: Sequence[Area], words: Vocabulary) -> Header:
    """The lower level wins; below a group, `上级/下级` and both together are tried."""
    groups = _groups(upper, lower, merged)
    pairs = [
        (tidy(high), tidy(low), group) for high, low, group in zip(upper[1], lower[1], groups, strict=True)
    ]
    chosen = [_combined(high, low, group, words) for high, low, group in pairs]
    lows = [normalised(low) for _, low, _ in pairs]
    headings = [
        f"{group}/{low}" if not column and low and group and lows.count(normalised(low)) > 1 else heading
        for (heading, column), (_, low, group) in zip(chosen, pairs, strict=True)
    ]
    return Header(upper[0], lower[0], headings, [column for _, column in chosen])


def _combined(high: str, low: str, group: str, words: Vocabulary) -> tuple[str, str | None]:
    if not low:
        return high, words.meaning(high) if high else None
    whole = f"{group}/{low}" if group else low
    if column := words.mapped(whole):
        return whole, column
    for heading, text in ((low, low), (whole, whole), (whole, f"{group}{low}")):
        if column := words.meaning(text):
            return heading, column
    return low, None


def _groups(upper: Row, lower: Row, merged: Sequence[Area]) -> list[str]:
    """Return the group above each column: the merged cell, else what stands last to the left above a lower heading."""
    number, cells = upper
    groups: list[str] = []
    for high, low in zip(cells, lower[1], strict=True):
        last = groups[-1] if groups else ""
        groups.append(tidy(high) or (last if tidy(low) else ""))
    for area in merged:
        if area.top == number and area.left <= len(cells):
            groups[area.left - 1 : area.right] = [tidy(cells[area.left - 1])] * len(
                groups[area.left - 1 : area.right]
            )
    return groups


def map_columns(
    header: Header, table: Table, source: Source, filled: Sequence[bool], place: Place, at: Position | str
) -> Mapped:
    """Give each physical column its name: a column of the table, or its own heading.

    `filled` says which physical columns hold data. Raises: WorkspaceError, for a map to a name that cannot be one.
    """
    columns: dict[str, int] = {}
    headings: dict[str, str] = {}
    findings = _mapping_findings(header, table, source, place, at)
    for index, heading in enumerate(header.headings):
        name = header.columns[index]
        if name in columns:
            findings.append(
                place.finding(
                    "duplicate_heading",
                    column=heading,
                    value=name,
                    first=f"{headings[name]}（{letters(columns[name])}）",
                    second=f"{heading}（{letters(index)}）",
                )
            )
            name = None
        if not heading and not filled[index]:
            continue
        if not heading:
            heading = f"列{letters(index)}"
            findings.append(place.finding("blank_heading", row=header.bottom or None, column=heading))
        # Names of the table come first: an extra column never takes one.
        name = name or _free(heading, {*columns, *filter(None, header.columns), *_RESERVED})
        columns[name], headings[name] = index, heading
    for column in table.columns.values():
        if column.name not in columns and column.stand_in in columns:
            columns[column.name], headings[column.name] = columns[column.stand_in], headings[column.stand_in]
    findings.extend(_missing(header, table, columns, place))
    return Mapped(columns, headings, findings)


def _free(heading: str, taken: set[str]) -> str:
    """Return a name that differs from those taken by more than case, as the engine wants it."""
    used = {name.casefold() for name in taken}
    name, number = heading, 1
    while name.casefold() in used:
        number += 1
        name = f"{heading}_{number}"
    return name


def _missing(header: Header, table: Table, columns: Mapping[str, int], place: Place) -> Iterator[Finding]:
    present = [heading for heading in header.headings if heading]
    for column in table.columns.values():
        if column.required and column.name not in columns:
            wanted = [*column.headings, column.name]
            close = [near for word in wanted for near in get_close_matches(word, present, n=1, cutoff=0.5)]
            listed = list(dict.fromkeys([*close, *present]))
            yield place.finding(
                "missing_heading",
                column=column.title,
                value=column.title,
                name=column.name,
                present="、".join(listed),
            )


def _mapping_findings(
    header: Header, table: Table, source: Source, place: Place, at: Position | str
) -> list[Finding]:
    """What the workspace's own map says that this sheet, or the table, does not bear out."""
    findings = []
    present = {form for heading in header.headings for form in (normalised(heading), bare(heading))}
    for heading, name in sorted(source.columns.items()):
        if name not in table.columns and (not name.isidentifier() or name.casefold() in _RESERVED):
            raise WorkspaceError(
                "bad_column_name", at, name=name, heading=heading, known=sorted(table.columns)
            )
        if name not in table.columns and (
            near := get_close_matches(name, sorted(table.columns), n=1, cutoff=0.8)
        ):
            findings.append(place.finding("new_column_near", column=heading, value=name, near=near[0]))
        if name not in header.columns and not present & {normalised(heading), bare(heading)}:
            listed = "、".join(item for item in header.headings if item)
            findings.append(
                place.finding("mapped_heading_absent", column=heading, value=name, present=listed)
            )
    return findings
