"""Corrections are put into the cells as they came, before anything is read into them: no file is touched."""

from collections.abc import Iterable, Sequence

from duban.corrections import CORRECTIONS_FILE, Edit
from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.tables import Table
from duban.texts import Text
from duban.workspace import Source

from .cells import cleaned
from .columns import Circumstances
from .correcting import PLACE, Row, Texts, Unfit, said_hint, tidied
from .gathering import Gathered, text_sql
from .headings import normalised


def edited(
    engine: Engine,
    table: Table,
    source: Source,
    gathered: Gathered,
    circumstances: Circumstances,
    edits: Sequence[Edit],
) -> tuple[Gathered, list[Finding]]:
    """Return the cells of a table with the edits made one after the other, and a finding for each of them."""
    if not edits:
        return gathered, []
    editing = _Editing(engine, table, gathered, Texts(engine, table, source, gathered, circumstances))
    editing.make(edits)
    return editing.stored(), editing.findings


def without_table(edit: Edit, tables: Iterable[str]) -> Finding:
    """Return the finding that there is no such table in the workspace."""
    return _said(edit, "correction_table_unknown", value=edit.table, hint=said_hint(edit.table, tables))


class _Editing:
    """The edits of one table: the rows that they may be about, and what becomes of them."""

    def __init__(self, engine: Engine, table: Table, gathered: Gathered, texts: Texts) -> None:
        self.findings: list[Finding] = []
        self._engine, self._table, self._gathered, self._texts = engine, table, gathered, texts
        self._loaded, self._made = f"{table.name}_to_correct", f"{table.name}_corrections"
        self._rows: list[Row] = []
        # By column and value; built where it is asked for, gone where rows have changed.
        self._index: dict[str, dict[str, list[Row]]] = {}

    def make(self, edits: Sequence[Edit]) -> None:
        """Make the edits that can be made; a later one sees what an earlier one has changed."""
        named = [known for edit in edits if (known := self._named(edit)) is not None]
        self._load(named)
        for edit in named:
            row = self._row_of(edit)
            if row is not None:
                self._change(row, edit)

    def _named(self, edit: Edit) -> Edit | None:
        """Return the edit with its columns by name, None where one of them does not exist."""
        names = {column: self._name_of(column) for column in (*edit.key, edit.column)}
        for column, name in names.items():
            if name is None or (column == edit.column and name in PLACE):
                titles = [self._gathered.heading(known) for known in self._gathered.types]
                self._say(edit, "correction_column_unknown", value=column, hint=said_hint(column, titles))
                return None
        key = {names[column] or "": value for column, value in edit.key.items()}
        return Edit(edit.table, key, names[edit.column] or "", edit.new, edit.old, edit.line, edit.why)

    def _name_of(self, text: str) -> str | None:
        types, words = self._gathered.types, dict[str, str]()
        for column in self._table.columns.values():
            if column.name in types:
                words |= {normalised(heading): column.name for heading in column.headings}
        words |= {normalised(self._gathered.heading(name)): name for name in types}
        return text if text in (*types, *PLACE) else words.get(normalised(text))

    def _load(self, edits: Sequence[Edit]) -> None:
        """Load the rows that any of the edits may be about."""
        self._texts.learn(edits)
        where = self._texts.candidates(edits)
        source = f"SELECT * FROM {quoted(self._gathered.name)} WHERE {where}"
        self._engine.run(f"CREATE OR REPLACE TABLE {quoted(self._loaded)} AS {source}")
        types = self._gathered.types
        cells = [text_sql(quoted(name), kind) for name, kind in types.items()]
        query = f"SELECT {', '.join([*PLACE, *cells])} FROM {quoted(self._loaded)} ORDER BY _file, _row"
        for file, line, *texts in self._engine.rows(query):
            held = (text or "" for text in texts)
            self._rows.append(
                Row(file, line, self._gathered.files[file][0], dict(zip(types, held, strict=True)))
            )
        self._texts.forget()
        self._texts.learn(edits, self._rows)

    def _row_of(self, edit: Edit) -> Row | None:
        """Return the one row that the key fits, with nothing of other rows in its cells."""
        found = [row for row in self._near(edit) if self._texts.fits(row, edit.key)]
        if len(found) == 1:
            alone, *others = self._texts.alone(found[0], edit.key)
            place = self._rows.index(found[0])
            self._rows[place : place + 1] = [alone, *others]
            if alone is not found[0]:
                self._index.clear()
            return alone
        if found:
            places = [_place(row) for row in found]
            listed = Text("、".join(place.zh for place in places), ", ".join(place.en for place in places))
            self._say(edit, "correction_row_ambiguous", value=_key(edit), number=len(found), listed=listed)
        else:
            hint = self._texts.near(edit, self._rows)
            self._say(edit, "correction_row_unknown", value=_key(edit), hint=hint)
        return None

    def _near(self, edit: Edit) -> Sequence[Row]:
        """Return the rows that say the same as the key in the column that tells most."""
        name = self._texts.telling(edit)
        if name not in self._gathered.types or self._table.name == "departments":
            return self._rows
        if name not in self._index:
            by_value = self._index[name] = dict[str, list[Row]]()
            for row in self._rows:
                for value in set(self._texts.meant(name, row.cells[name]).values):
                    by_value.setdefault(value, []).append(row)
        values = self._texts.meant(name, edit.key[name]).values
        return self._index[name].get(values[0], []) if values else self._rows

    def _change(self, row: Row, edit: Edit) -> None:
        heading, held = self._gathered.heading(edit.column), row.cells[edit.column]
        place = {"place": _place(row), "heading": heading}
        if edit.old is not None and not self._texts.same(edit.column, held, edit.old):
            facts = {"old": tidied(edit.old), "held": tidied(held)}
            self._say(edit, "correction_old_value", value=facts["old"], **place, **facts)
            return
        try:
            row.values[edit.column] = self._texts.value_sql(edit.column, edit.new)
        except Unfit as unfit:
            self._say(edit, "correction_value_unfit", value=edit.new, **place, hint=unfit.hint)
            return
        row.cells[edit.column] = cleaned(edit.new)
        self._index.pop(edit.column, None)
        why = Text(f"，理由：{edit.why}", f"; reason: {edit.why}") if edit.why else Text("", "")
        said = {"old": tidied(held), "new": tidied(edit.new)}
        self._say(edit, "correction_applied", value=_key(edit), why=why, **place, **said)

    def stored(self) -> Gathered:
        """Return the cells with the changed rows in the place of those in the files."""
        changed = {row.place for row in self._rows if row.values}
        made = quoted(self._made)
        self._engine.run(
            f"CREATE OR REPLACE TABLE {made} AS SELECT * FROM {quoted(self._loaded)} WHERE false"
        )
        for row in self._rows:
            if row.place in changed:
                cells = (row.values.get(name, quoted(name)) for name in self._gathered.types)
                self._engine.run(
                    f"INSERT INTO {made} SELECT {', '.join([*PLACE, *cells])} FROM {quoted(self._loaded)} "
                    f"WHERE _file = {row.file} AND _row = {row.line} LIMIT 1"
                )
        self._engine.run(f"DROP TABLE {quoted(self._loaded)}")
        name, before = f"{self._gathered.name}_corrected", quoted(self._gathered.name)
        kept = f"SELECT before.* FROM {before} AS before ANTI JOIN {made} AS made USING (_file, _row)"
        self._engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS {kept} UNION ALL SELECT * FROM {made}")
        return self._gathered._replace(name=name)

    def _say(self, edit: Edit, code: str, **facts: object) -> None:
        heading = self._gathered.heading(edit.column)
        self.findings.append(_said(edit, code, column=heading, title=self._table.title, **facts))


def _said(edit: Edit, code: str, **facts: object) -> Finding:
    file = CORRECTIONS_FILE if edit.line is not None else ""
    if isinstance(hint := facts.get("hint"), Text):
        facts["hint"] = Text(hint.zh and f"。{hint.zh}", hint.en and f". {hint.en}")
    return finding(code, table="corrections", file=file, row=edit.line, **facts)


def _place(row: Row) -> Text:
    return Text(f"{row.shown} 第 {row.line} 行", f"{row.shown}, row {row.line}")


def _key(edit: Edit) -> str:
    return "，".join(f"{column} = {value}" for column, value in edit.key.items())
