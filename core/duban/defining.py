"""Measures that a ruleset defines itself: `[measures.<id>]`, and `[sheets.<id>]`, whose items make one measure."""

from .exact import plain
from .measures import Measure
from .ruleset import MeasureRule, Sheet


def from_rule(name: str, rule: MeasureRule) -> Measure:
    """Return `[measures.<name>]` as a measure."""
    return Measure(
        id=name,
        title=rule.title,
        title_en=rule.title_en,
        count=rule.count or "true",
        hit=rule.hit,
        value=rule.value,
        formula=rule.formula,
        aggregate=rule.aggregate,
        quantile=rule.quantile,
        table=rule.table,
        better=rule.better,
        unit=rule.unit,
        source=rule.source,
    )


def from_sheet(name: str, sheet: Sheet) -> Measure:
    """Return a score sheet as one measure: the mean over the counted cases of the sum of its items."""
    items = [
        f"({item.value})" if item.value else f"(case when {item.when} then {plain(item.points)} else 0 end)"
        for _, item in sorted(sheet.items.items())
    ]
    value = " + ".join(items)
    return Measure(
        name, sheet.title, title_en=sheet.title_en, count=sheet.count, value=value, table=sheet.table
    )
