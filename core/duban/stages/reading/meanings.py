"""How the distinct texts of a column become values: each is looked at once, and joined back to its cells."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from duban.engine import Engine, literal, quoted
from duban.errors import DubanError, Position, WorkspaceError, raise_all
from duban.relations import SQL_TYPES
from duban.tables import Column, Table
from duban.terms import ColumnType
from duban.workspace import Source

from .cells import (
    NO,
    NUMBER,
    WHITE_SPACE,
    YES,
    boolean_sql,
    cleaned,
    cleaned_sql,
    decimal_sql,
    integer_sql,
    is_error_sql,
    label_key_sql,
    name_key,
    name_key_sql,
)
from .dates import date_sql, read_date
from .gathering import text_sql

# The relation that departments.py fills: key → id, one row a name by which a department is known.
NAMES = "department_names"
# Who collected a rating may be a department, or anybody else.
COLLECTOR = "collected_by"


class Meaning(NamedTuple):
    """SQL over a cleaned `text`: its value, what is wrong with it (NULL where nothing is), and a join they need."""

    value: str
    problem: str
    join: str = ""


class MapFacts(NamedTuple):
    """What there is to know of a finished map: how many texts, blanks and changes, and which problems."""

    texts: int
    blanks: int
    changed: int
    problems: Sequence[str]


def meaning_of(column: Column, outcomes: Mapping[str, str], resolves: bool) -> Meaning:
    """Return what the cells of a column of a canonical table mean."""
    if column.type is ColumnType.LABEL:
        words = f"LEFT JOIN ({_words_sql(column, outcomes)}) AS words ON words.key = {label_key_sql('text', column.name)}"
        # One byte a cell instead of a text: tables of a million rows are built and compared a fifth faster.
        label = f"CAST(words.label AS ENUM ({', '.join(literal(label) for label in column.labels)}))"
        return _checked(label, "'unknown_label'", words)
    if column.name == "department" and resolves:
        names = f"LEFT JOIN {NAMES} AS names ON names.key = {name_key_sql('text')}"
        return Meaning(
            "coalesce(names.id, text)", "CASE WHEN names.id IS NULL THEN 'unknown_department' END", names
        )
    if column.name == COLLECTOR and resolves:
        names = f"LEFT JOIN {NAMES} AS names ON names.key = {name_key_sql('text')}"
        return Meaning("coalesce(names.id, text)", "NULL", names)
    if column.type is ColumnType.DATE:
        return _checked(*date_sql("text"))
    if column.type is ColumnType.INTEGER:
        return _checked(*integer_sql("text"))
    if column.type is ColumnType.DECIMAL:
        return _checked(*decimal_sql("text"))
    if column.type is ColumnType.BOOLEAN:
        return _checked(*boolean_sql("text"))
    return Meaning("text", "NULL")


def _checked(value: str, problem: str, join: str = "") -> Meaning:
    return Meaning(value, f"CASE WHEN ({value}) IS NULL THEN {problem} END", join)


def _words_sql(column: Column, outcomes: Mapping[str, str]) -> str:
    """Return a query key → label: the canonical names before the place's classes before the known Chinese labels."""
    words = [(label, label) for label in column.labels]
    words += sorted(outcomes.items()) if column.name == "outcome" else []
    words += [(word, label) for label, known in column.labels.items() for word in known]
    rows = ", ".join(
        f"({literal(word)}, {literal(label)}, {order})" for order, (word, label) in enumerate(words)
    )
    key = label_key_sql("word", column.name)
    return f"SELECT {key} AS key, arg_min(label, place) AS label FROM (VALUES {rows}) AS w(word, label, place) GROUP BY 1"


def known_words(column: Column, outcomes: Mapping[str, str]) -> list[str]:
    """Return the words that a cell of the column may hold, for messages: Chinese where there are any."""
    if column.type is ColumnType.BOOLEAN:
        return ["是", "否"]
    chinese = [word for known in column.labels.values() for word in known]
    classes = sorted(outcomes) if column.name == "outcome" else []
    return classes or chinese or list(column.labels)


def texts_sql(
    cells: str, column: Column, kind: str, values: Mapping[str, str], separator: str | None = None
) -> str:
    """Return a query `raw`, `text`: the distinct cells of a column, cleaned, replaced as the workspace says, split."""
    name = quoted(column.name)
    distinct = f"SELECT DISTINCT {name} AS raw FROM {quoted(cells)} WHERE {name} IS NOT NULL"
    query = f"SELECT raw, {cleaned_sql('cell')} AS text FROM (SELECT raw, {text_sql('raw', kind)} AS cell FROM ({distinct}))"
    if values:
        query = _replaced_sql(query, column, values)
    return _split_sql(query, separator) if separator else query


def _replaced_sql(query: str, column: Column, values: Mapping[str, str]) -> str:
    plain_text = column.type is ColumnType.TEXT

    def key(text: str) -> str:
        return name_key_sql(text) if plain_text else label_key_sql(text, column.name)

    rows = ", ".join(
        f"({literal(word)}, {literal(cleaned(target))})" for word, target in sorted(values.items())
    )
    words = f"SELECT {key('word')} AS key, min(target) AS target FROM (VALUES {rows}) AS v(word, target) GROUP BY 1"
    text = "CASE WHEN target IS NULL THEN text ELSE nullif(target, '') END"
    return (
        f"SELECT raw, {text} AS text FROM ({query}) AS t LEFT JOIN ({words}) AS r ON r.key = {key('t.text')}"
    )


def _split_sql(query: str, separator: str) -> str:
    if separator.strip(WHITE_SPACE):
        pieces = f"string_split(text, {literal(separator.strip(WHITE_SPACE))})"
    else:
        pieces = f"string_split_regex(text, {literal(f'[{WHITE_SPACE}]+')})"
    unnested = f"SELECT raw, unnest({pieces}) AS piece FROM ({query})"
    return f"SELECT raw, text FROM (SELECT raw, {cleaned_sql('piece')} AS text FROM ({unnested})) WHERE text IS NOT NULL"


def build_map(engine: Engine, name: str, texts: str, meaning: Meaning) -> MapFacts:
    """Create the relation `raw`, `piece`, `value`, `problem` of a column, and return what it holds."""
    seen = f"SELECT raw, text, coalesce({is_error_sql('text')}, false) AS error FROM ({texts})"
    read = f"SELECT raw, text, error, {meaning.value} AS value, {meaning.problem} AS problem FROM ({seen}) AS t {meaning.join}"
    problem = "CASE WHEN error THEN 'error_cell' WHEN text IS NOT NULL THEN problem END"
    engine.run(
        f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT raw, text AS piece, "
        f"CASE WHEN NOT error THEN value END AS value, {problem} AS problem FROM ({read})"
    )
    counts = "count(*), count(*) FILTER (value IS NULL AND problem IS NULL)"
    changed = "count(*) FILTER (CAST(raw AS VARCHAR) IS DISTINCT FROM CAST(value AS VARCHAR))"
    problems = "list_sort(list(DISTINCT problem) FILTER (problem IS NOT NULL))"
    texts_seen, blanks, changes, codes = engine.one(
        f"SELECT {counts}, {changed}, {problems} FROM {quoted(name)}"
    )
    return MapFacts(texts_seen, blanks, changes, codes or ())


def check_source(
    table: Table, source: Source, extra: Sequence[str], at: Callable[[tuple[str, ...]], Position]
) -> None:
    """Check what the workspace says of values and splits against the columns of the table.

    Raises: WorkspaceError, or Problems with several of them.
    """
    known = [*table.columns, *extra]
    errors: list[DubanError] = []
    for section, names in (("values", source.values), ("split", source.split)):
        for name in names:
            if name not in known:
                place = at(("tables", table.name, section, name))
                errors.append(
                    WorkspaceError("unknown_source_column", place, name=name, known=known, table=table.name)
                )
    for name in source.split:
        if name in table.columns and table.columns[name].type is not ColumnType.TEXT:
            errors.append(
                WorkspaceError("split_needs_text", at(("tables", table.name, "split", name)), name=name)
            )
    for name, words in source.values.items():
        if name in table.columns:
            errors += _wrong_targets(table, table.columns[name], words, at)
    raise_all(errors)


def _wrong_targets(
    table: Table, column: Column, words: Mapping[str, str], at: Callable[[tuple[str, ...]], Position]
) -> list[DubanError]:
    errors: list[DubanError] = []
    by_key: dict[str, str] = {}
    for word, target in words.items():
        place = at(("tables", table.name, "values", column.name, word))
        key = name_key(word) if column.type is ColumnType.TEXT else name_key(word).lower()
        if by_key.setdefault(key, target) != target:
            errors.append(WorkspaceError("label_mapped_twice", place, name=word))
        if cleaned(target) and not _is_value(column, cleaned(target)):
            facts = {"name": target, "column": column.title, "known": _targets(column)}
            errors.append(WorkspaceError("value_not_of_column", place, **facts))
    return errors


def _targets(column: Column) -> list[str] | None:
    if column.type is ColumnType.BOOLEAN:
        return ["true", "false"]
    return list(column.labels) or None


def _is_value(column: Column, text: str) -> bool:
    if column.type is ColumnType.LABEL:
        return text in column.labels
    if column.type is ColumnType.BOOLEAN:
        return text.lower() in (*YES, *NO)
    if column.type is ColumnType.DATE:
        return not isinstance(read_date(text), str)
    if column.type in (ColumnType.INTEGER, ColumnType.DECIMAL):
        return re.fullmatch(NUMBER, text) is not None
    return True


def sql_type_of(column: Column) -> str:
    """Return the engine's type of a column of a canonical table."""
    return SQL_TYPES[column.type.value]
