"""What a reader needs to know of everything that is registered: titles in both languages, units, sources, words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from duban.measures import Measure
from duban.methods import Check, DerivedColumn
from duban.tables import Column, Table
from duban.terms import Aggregate, ColumnType

from .faults import Fault

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_ENGLISH = re.compile(r"[A-Za-z]")
_TITLED = ("tables", "columns", "measures", "curves", "aggregators", "reporters")
# A rule of duban's house: whoever reads a number may ask where its rule comes from.
_SOURCED = ("tables", "columns", "measures", "curves", "aggregators")
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL)
# Shares, means and quantiles without a unit are rates; of anything else that is counted or added up it must be said.
_WITH_UNIT = (Aggregate.NUMBER, Aggregate.SUM)


def untitled(things: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield a fault for each title, unit, source or word that is missing."""
    for kind, items in things.items():
        for id, item in items.items():
            subject = f"{kind}.{id}"
            if kind in _TITLED:
                yield from _titles(subject, item.title, item.title_en)
            if kind in _SOURCED and not item.source.strip():
                yield Fault("source_missing", subject)
            yield from _of_kind(subject, item)


def _of_kind(subject: str, item: Any) -> Iterator[Fault]:
    if isinstance(item, Measure):
        yield from _measure(subject, item)
    elif isinstance(item, DerivedColumn):
        yield from _words(subject, item.labels)
        if item.type in (int, Decimal) and not item.unit.strip():
            yield Fault("unit_missing", subject)
    elif isinstance(item, Table):
        for column in item.columns.values():
            yield from _column(f"{subject}.{column.name}", column)
    elif isinstance(item, Check):
        for name, text in (("title", item.title), ("message", item.message), ("action", item.action)):
            yield from _titles(f"{subject}.{name}", text.zh, text.en)


def _titles(subject: str, chinese: str, english: str) -> Iterator[Fault]:
    if not _CHINESE.search(chinese):
        yield Fault("title_missing", subject, {"value": chinese})
    if not _ENGLISH.search(english):
        yield Fault("title_en_missing", subject)


def _measure(subject: str, measure: Measure) -> Iterator[Fault]:
    if measure.kind in _WITH_UNIT and not measure.unit.strip():
        yield Fault("unit_missing", subject)
    for name, parameter in measure.parameters.items():
        if not _CHINESE.search(parameter.title):
            yield Fault("title_missing", f"{subject}.{name}", {"value": parameter.title})


def _column(subject: str, column: Column) -> Iterator[Fault]:
    if not any(_CHINESE.search(heading) for heading in column.headings):
        yield Fault("heading_missing", subject)
    if not column.title_en:
        yield Fault("title_en_missing", subject)
    if column.type in _NUMBERS and not column.unit.strip():
        yield Fault("unit_missing", subject)
    yield from _words(subject, column.labels)


def _words(subject: str, labels: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for label, words in labels.items():
        if not any(_CHINESE.search(word) for word in words):
            yield Fault("label_without_words", subject, {"name": label})
