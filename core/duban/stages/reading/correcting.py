"""What the texts of corrections and of the cells that they name mean: which row is meant, and whether two cells agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from duban.corrections import Edit
from duban.engine import Engine, literal, quoted
from duban.errors import hint
from duban.tables import Column, Table
from duban.terms import ColumnType
from duban.texts import Text
from duban.workspace import Source

from .cells import cleaned, name_key
from .columns import Circumstances
from .dates import read_date
from .gathering import Gathered
from .meanings import Meaning, build_map, known_words, meaning_of, texts_sql

PLACE = ("_file", "_row")
_MAP, _TEXTS = "correction_map", "correction_texts"


class Unfit(Exception):
    """A new value that the column cannot hold; `hint` says what it can."""

    def __init__(self, hint: Text) -> None:
        super().__init__()
        self.hint = hint


@dataclass(eq=False)
class Row:
    """One row of a sheet: where it stands, its cells as text, and the SQL of those that have been changed."""

    file: int
    line: int
    shown: str
    cells: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, int]:
        """File and line: rows that came from one row of a sheet share it."""
        return self.file, self.line


class Meant(NamedTuple):
    """What one text of a column means: its pieces where the column is split, their values, and what is wrong with it."""

    pieces: tuple[str, ...]
    values: tuple[str, ...]
    problem: str | None


class Texts:
    """The texts of one table's columns as reading understands them."""

    def __init__(
        self, engine: Engine, table: Table, source: Source, gathered: Gathered, circumstances: Circumstances
    ) -> None:
        self._engine, self._table, self._source = engine, table, source
        self._gathered, self._circumstances = gathered, circumstances
        self._known: dict[tuple[str, str], Meant] = {}

    def column(self, name: str) -> Column:
        """Return a column of the table, or one that it does not know, as text."""
        return self._table.columns.get(name) or Column(name, ColumnType.TEXT)

    def meant(self, name: str, text: str) -> Meant:
        """Return what a text means in a column; a blank cell means the column's default, if it has one."""
        if not cleaned(text):
            default = self.column(name).default
            return Meant((), (default,) if default else (), None)
        if (name, text) not in self._known:
            self._understand(name, [text])
        return self._known[name, text]

    def _understand(self, name: str, texts: Iterable[str]) -> None:
        wanted = sorted({text for text in texts if cleaned(text) and (name, text) not in self._known})
        if not wanted:
            return
        # Takes a moment to import, and whoever reads no ledger needs none.
        import pandas as pd

        self._engine.put(_TEXTS, pd.DataFrame({name: pd.Series(wanted, dtype="object")}))
        build_map(self._engine, _MAP, self._texts_sql(_TEXTS, name, "VARCHAR"), self._meaning(name))
        found: dict[str, list[tuple[str, str | None, str | None]]] = {text: [] for text in wanted}
        query = f"SELECT raw, piece, CAST(value AS VARCHAR), problem FROM {_MAP} ORDER BY ALL"
        for raw, *rest in self._engine.rows(query):
            found[raw].append((rest[0], rest[1], rest[2]))
        for text, parts in found.items():
            pieces, values, problems = zip(*parts, strict=True) if parts else ((), (), ())
            wrong = next((problem for problem in problems if problem), None)
            self._known[name, text] = Meant(
                tuple(piece or "" for piece in pieces), tuple(value or "" for value in values), wrong
            )
        self._engine.run(f"DROP TABLE {_MAP}")
        self._engine.run(f"DROP TABLE {_TEXTS}")

    def _meaning(self, name: str) -> Meaning:
        circumstances = self._circumstances
        return meaning_of(self.column(name), circumstances.outcomes, circumstances.resolves)

    def _texts_sql(self, cells: str, name: str, kind: str) -> str:
        words, separator = self._source.values.get(name, {}), self._source.split.get(name)
        return texts_sql(cells, self.column(name), kind, words, separator)

    def learn(self, edits: Sequence[Edit], rows: Sequence[Row] = ()) -> None:
        """Look at the texts of all keys and cells at once: one by one each would cost several statements."""
        for name in sorted({name for edit in edits for name in (*edit.key, edit.column)} - set(PLACE)):
            said = [text for edit in edits for text in (edit.key.get(name), *_cells(edit, name)) if text]
            self._understand(name, [*said, *(row.cells[name] for row in rows)])

    def candidates(self, edits: Sequence[Edit]) -> str:
        """Return a test for the rows that the edits may be about, by the column of each key that tells most."""
        tests, wanted = set[str](), dict[str, set[str]]()
        for edit in edits:
            name = self.telling(edit)
            if name == "_row" and edit.key[name].isdecimal():
                tests.add(f"_row = {int(edit.key[name])}")
            elif name in self._gathered.types:
                wanted.setdefault(name, set()).update(self.meant(name, edit.key[name]).values)
        tests |= {self._is_one_of(name, values) for name, values in wanted.items() if values}
        if self._table.name == "departments":
            return "true"  # By their names too, and they are few.
        return " OR ".join(sorted(tests)) or "false"

    def telling(self, edit: Edit) -> str:
        """Return the column of a key that tells most, "" where none tells anything."""
        if "_row" in edit.key:
            return "_row"
        names = [*(name for name in self._table.key if name in edit.key), *edit.key]
        return next((name for name in names if cleaned(edit.key[name]) and not self.column(name).default), "")

    def _is_one_of(self, name: str, values: Iterable[str]) -> str:
        listed = ", ".join(map(literal, sorted(values)))
        texts = self._texts_sql(self._gathered.name, name, self._gathered.types[name])
        column = self.column(name)
        if column.type is ColumnType.TEXT and not (name == "department" and self._circumstances.resolves):
            return f"{quoted(name)} IN (SELECT raw FROM ({texts}) WHERE text IN ({listed}))"
        build_map(self._engine, self._map_of(name), texts, self._meaning(name))
        found = f"SELECT raw FROM {quoted(self._map_of(name))} WHERE CAST(value AS VARCHAR) IN ({listed})"
        return f"{quoted(name)} IN ({found})"

    def _map_of(self, name: str) -> str:
        return f"{self._table.name}_locating_{name}"

    def forget(self) -> None:
        """Give back what finding the candidates needed."""
        for name in self._gathered.types:
            self._engine.run(f"DROP TABLE IF EXISTS {quoted(self._map_of(name))}")

    def fits(self, row: Row, key: Mapping[str, str]) -> bool:
        """Return whether a row, or one of the units in it where cells are split, is the one that a key names."""
        return all(self._fits(row, name, wanted) for name, wanted in key.items())

    def _fits(self, row: Row, name: str, wanted: str) -> bool:
        if name in PLACE:
            return cleaned(wanted) == {"_file": row.shown, "_row": str(row.line)}[name]
        if (self._table.name, name) == ("departments", "department"):
            names = (row.cells.get(each, "") for each in ("department", "name"))
            return name_key(wanted) in {name_key(cleaned(each)) for each in names if each}
        meant, held = self.meant(name, wanted).values, self.meant(name, row.cells[name]).values
        return set(meant) <= set(held) if meant else not held

    def alone(self, row: Row, key: Mapping[str, str]) -> list[Row]:
        """Return the unit that a key names as a row of its own, and after it what remains of the row, which may be nothing.

        Where one cell names several departments, what is corrected for one is not corrected for the others.
        """
        rest: list[Row] = []
        for name in sorted(self._source.split.keys() & key.keys()):
            held, wanted = self.meant(name, row.cells[name]), self.meant(name, key[name]).values
            pairs = list(zip(held.pieces, held.values, strict=True))
            mine = [piece for piece, value in pairs if value in wanted]
            others = [piece for piece, value in pairs if value not in wanted]
            if others and mine:
                rest.append(self._with(row, name, others))
                row = self._with(row, name, mine)
        return [row, *rest]

    def _with(self, row: Row, name: str, pieces: Sequence[str]) -> Row:
        text = self._source.split[name].join(pieces)
        return replace(row, cells={**row.cells, name: text}, values={**row.values, name: literal(text)})

    def same(self, name: str, held: str, said: str) -> bool:
        """Return whether two cells of a column say the same: white space, spelling of dates and labels do not count."""
        if tidied(held) == tidied(said):
            return True
        one, other = self.meant(name, held), self.meant(name, said)
        if not cleaned(held) or not cleaned(said) or one.problem or other.problem:
            return False
        return sorted(one.values) == sorted(other.values) or _same_day(held, said)

    def value_sql(self, name: str, text: str) -> str:
        """Return a new cell in the engine's type of its column. Raises: Unfit."""
        kind, tidy = self._gathered.types[name], cleaned(text)
        if not tidy:
            return f"CAST(NULL AS {kind})"
        meant = self.meant(name, text)
        if meant.problem:
            raise Unfit(self._possible(name, text))
        if kind == "VARCHAR":
            return literal(text)
        words = ", ".join(f"try_cast({literal(word)} AS {kind})" for word in (*meant.values, tidy))
        (value,) = self._engine.one(f"SELECT CAST(coalesce({words}) AS VARCHAR)")
        if value is None:
            raise Unfit(Text(kind, kind))
        return f"CAST({literal(value)} AS {kind})"

    def _possible(self, name: str, text: str) -> Text:
        """Return what a cell of the column may hold, as far as that can be listed."""
        column = self.column(name)
        if name == "department":
            known = list(self._circumstances.nearest(text))
        else:
            known = known_words(column, self._circumstances.outcomes)
        return said_hint(text, known) if known else Text("", "")

    def near(self, edit: Edit, rows: Sequence[Row]) -> Text:
        """Return what the rows of the same case are called, else the numbers like the one that was looked for."""
        name = self.telling(edit)
        if name not in self._gathered.types:
            return Text("", "")
        others = [other for other in edit.key if other not in (name, *PLACE)]
        alike = [row for row in rows if self._fits(row, name, edit.key[name])]
        for other in others:
            if alike and not any(self._fits(row, other, edit.key[other]) for row in alike):
                return said_hint(edit.key[other], {row.cells[other] for row in alike})
        if alike:
            return Text("", "")
        texts = self._texts_sql(self._gathered.name, name, self._gathered.types[name])
        distance = f"levenshtein(text, {literal(cleaned(edit.key[name]))})"
        query = f"SELECT DISTINCT text, {distance} AS far FROM ({texts}) WHERE text IS NOT NULL ORDER BY far, text LIMIT 5"
        return said_hint(edit.key[name], [text for text, _ in self._engine.rows(query)])


def said_hint(name: str, known: Iterable[str]) -> Text:
    """Return "did you mean" and what exists, in both languages."""
    listed = list(known)
    return Text(hint(name, listed, "zh"), hint(name, listed, "en"))


def tidied(text: str) -> str:
    """Return a cell on one line, with single blanks: what people see of it."""
    return " ".join(cleaned(text).split())


def _cells(edit: Edit, name: str) -> Sequence[str]:
    return [edit.new, edit.old or ""] if name == edit.column else []


def _same_day(one: str, other: str) -> bool:
    """Return whether two texts are one day; a plain number is none here."""
    days = [read_date(cleaned(text)) for text in (one, other) if not cleaned(text).isdecimal()]
    return len(days) == 2 and not isinstance(days[0], str) and days[0] == days[1]
