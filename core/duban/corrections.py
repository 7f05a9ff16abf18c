"""Corrections: what is changed of the ledger while it is read, and the register in which that is written down.

The register `corrections.csv` is only ever added to: each line carries the SHA-256 of the line before it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .findings import Finding, finding
from .registers import Register, flat, guarded, read_register, write_register

CORRECTIONS_FILE = "corrections.csv"
HEADINGS: Mapping[str, Sequence[str]] = {
    "table": ("表",),
    "key": ("所指的行", "行"),
    "column": ("列",),
    "old": ("原值",),
    "new": ("新值",),
    "reason": ("理由", "更正理由"),
    "evidence": ("证据", "凭据"),
    "by": ("更正人",),
    "on": ("更正日期",),
    "objection": ("异议编号",),
    "previous": ("上一行校验",),
}
# The table of a line that takes an earlier line back.
WITHDRAWAL = "corrections"
# Nobody may let these pass: what a register says is made, or the run does not count.
ALWAYS_STOP = frozenset(
    {
        "correction_column_unknown",
        "correction_line_unreadable",
        "correction_old_value",
        "correction_row_ambiguous",
        "correction_row_unknown",
        "correction_table_unknown",
        "correction_value_unfit",
        "correction_withdraws_nothing",
        "corrections_chain_broken",
    }
)
_FILLED = ("table", "key", "column", "reason", "evidence", "by", "on")
_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_PART = re.compile(r"((?:\\.|[^;=\\])*)=((?:\\.|[^;\\])*)(?:;|$)")


@dataclass(frozen=True)
class Edit:
    """One cell that is to be read as if it held something else.

    `key` is column → value and must fit exactly one row of the table: the columns of its key or any others, by name or by
    heading; `_file` and `_row` are the place that findings name. `old` and `new` are cells as a ledger writes them,
    "" is a blank one; without `old`, whatever stands there is replaced. `line` is the row of `corrections.csv`, `why` what
    stands there as the reason; an edit without a line is made from memory.
    """

    table: str
    key: Mapping[str, str]
    column: str
    new: str
    old: str | None = None
    line: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Correction:
    """One line of the register; `on` is the day, `objection` the number of the objection that it answers, if any."""

    edit: Edit
    evidence: str
    by: str
    on: str
    objection: str = ""


@dataclass(frozen=True)
class Corrections:
    """A register as read: its lines in order, without those taken back, and what is wrong with it.

    `head` is the SHA-256 of the last line, which the next line carries; "" where there is none.
    """

    lines: Sequence[Correction] = ()
    findings: Sequence[Finding] = ()
    head: str = ""
    register: Register | None = None

    @property
    def edits(self) -> list[Edit]:
        """What the lines change, in order."""
        return [line.edit for line in self.lines]


def read_corrections(path: Path) -> Corrections:
    """Read a register of corrections; one that is not there is empty.

    Raises: InputError, for a file that cannot be read, or lacks a heading.
    """
    if not path.exists():
        return Corrections()
    register = read_register(path, HEADINGS, tuple(HEADINGS))
    findings = [*_broken(register), *_unreadable(register)]
    unusable = {item.row for item in findings if item.code == "correction_line_unreadable"}
    lines = [_correction(line, row) for line, row in register.rows if line not in unusable]
    taken, noticed = _withdrawn(lines)
    kept = [line for line in lines if line.edit.table != WITHDRAWAL and line.edit.line not in taken]
    head = line_hash(register.rows[-1][1]) if register.rows else ""
    return Corrections(kept, [*findings, *noticed], head, register)


def line_hash(row: Mapping[str, str]) -> str:
    """Return the SHA-256 of a line, in hexadecimal: of its cells in the order of `HEADINGS`, with tabs between, in UTF-8.

    Each cell is as the file has it, on one line with single blanks; a day as spreadsheets write it (2024/3/5) counts as
    2024-03-05, so that saving the file again changes nothing.
    """
    cells = (_as_written(row.get(field, "")) for field in HEADINGS)
    return hashlib.sha256("\t".join(cells).encode("utf-8")).hexdigest()


def _as_written(cell: str) -> str:
    found = _DAY.fullmatch(cell)
    return guarded(cell) if found is None else "{}-{:0>2}-{:0>2}".format(*found.groups())


def _broken(register: Register) -> Iterator[Finding]:
    """Yield the first line that does not carry the hash of the line before it."""
    before = ""
    for line, row in register.rows:
        if row.get("previous", "").lower() != before:
            yield _finding(
                "corrections_chain_broken", line, value=row.get("previous", ""), before=before or "—"
            )
            return
        before = line_hash(row)


def _unreadable(register: Register) -> Iterator[Finding]:
    for line, row in register.rows:
        blank = next((field for field in _FILLED if not row.get(field)), None)
        if blank is not None:
            yield _finding("correction_line_unreadable", line, column=HEADINGS[blank][0], value="")
        elif not parsed_key(row["key"]):
            yield _finding("correction_line_unreadable", line, column=HEADINGS["key"][0], value=row["key"])


def _correction(line: int, row: Mapping[str, str]) -> Correction:
    key, old, new = parsed_key(row["key"]), row.get("old", ""), row.get("new", "")
    edit = Edit(row["table"], key, row["column"], new, old, line, row["reason"])
    return Correction(edit, row["evidence"], row["by"], row["on"], row.get("objection", ""))


def _withdrawn(lines: Sequence[Correction]) -> tuple[set[int], list[Finding]]:
    """Return the lines that later ones take back, and a finding for each that does."""
    taken: set[int] = set()
    findings = []
    known = {line.edit.line for line in lines if line.edit.table != WITHDRAWAL}
    for line in lines:
        if line.edit.table != WITHDRAWAL:
            continue
        text = line.edit.key.get("_row", "")
        number = int(text) if text.isdecimal() else 0
        fits = number in known and number not in taken and number < (line.edit.line or 0)
        code = "correction_withdrawn" if fits else "correction_withdraws_nothing"
        findings.append(_finding(code, line.edit.line, value=text, why=line.edit.why))
        taken |= {number} if fits else set()
    return taken, findings


def _finding(code: str, line: int | None, **facts: object) -> Finding:
    return finding(code, table="corrections", file=CORRECTIONS_FILE, row=line, **facts)


def written_key(key: Mapping[str, str]) -> str:
    r"""Return a key as the register has it: `case_id=2024-01; department=市教育局`, with `\` before `;`, `=` and `\`."""
    return "; ".join(f"{_escaped(column, ';=')}={_escaped(value, ';')}" for column, value in key.items())


def _escaped(text: str, marks: str) -> str:
    return "".join(f"\\{char}" if char in f"{marks}\\" else char for char in text)


def parsed_key(text: str) -> dict[str, str]:
    """Return a key from the register, empty where it is none."""
    key, place = dict[str, str](), 0
    while place < len(text):
        found = _PART.match(text, place)
        if found is None:
            return {}
        column, value = (re.sub(r"\\(.)", r"\1", part).strip() for part in found.groups())
        if not column or column in key:
            return {}
        key[column], place = value, found.end()
    return key


def add_corrections(path: Path, before: Corrections, lines: Sequence[Correction]) -> str:
    """Add lines to a register as it was read; return the SHA-256 of the last line.

    Raises: OutputError, where the file has changed since, or cannot be written.
    """
    register, head = before.register, before.head
    fields = list(register.fields) if register else list(HEADINGS)
    records = (
        [list(record) for record in register.records]
        if register
        else [[HEADINGS[name][0] for name in fields]]
    )
    for line in lines:
        row = {**_cells(line), "previous": head}
        records.append([guarded(row.get(field, "")) for field in fields])
        head = line_hash(row)
    write_register(path, records, register.content if register else None)
    return head


def _cells(line: Correction) -> dict[str, str]:
    edit = line.edit
    said = {
        "table": edit.table,
        "key": written_key(edit.key),
        "column": edit.column,
        "old": edit.old or "",
        "new": edit.new,
        "reason": edit.why,
        "evidence": line.evidence,
        "by": line.by,
        "on": line.on,
        "objection": line.objection,
    }
    return {field: flat(text) for field, text in said.items()}


def today() -> str:
    """Return the day on which a line is written."""
    return date.today().isoformat()
