"""What one key of a rule says, in words: a number, a condition, a curve, a quota."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from duban.defining import from_rule
from duban.describing.data_side import day_of
from duban.describing.scoring_table import how_points, small_numbers_in_words, without_value
from duban.describing.sections import quota_in_words
from duban.describing.telling import Teller
from duban.exact import plain
from duban.judging import full_points
from duban.plan import BoundAggregator, PlannedAdjustment, PlannedCriterion, PlannedDimension
from duban.ruleset import Cap
from duban.tables import CASES, OUTCOMES, RATINGS
from duban.texts import phrase

from .meaning import RuleKey

Speaker = Callable[[Teller, str, Any], str]


def value_in_words(teller: Teller, key: RuleKey, rule: Any, field: str) -> str:
    """Return what a key of a rule says; `rule` is its model, or the value itself where the section has no models."""
    section, name = key
    speaker = _SPEAKERS.get((section, field)) or _SPEAKERS.get(("", field))
    if speaker is not None:
        return speaker(teller, name, rule)
    value = getattr(rule, "start" if field == "from" else field, None)
    if (section, field) in _CHOICES and value is not None:
        return teller.say(f"{_CHOICES[section, field]}_{value}")
    if (section, field) in _OWN_CHOICES:
        return _say(teller, f"{field}_{value}")
    return _plain(teller, value)


def _plain(teller: Teller, value: object) -> str:
    """Return a value that needs no words of its own."""
    if value is None or value == () or value == "":
        return _say(teller, "nothing")
    if isinstance(value, bool):
        return _say(teller, "yes" if value else "no")
    if isinstance(value, int | Fraction):
        return plain(value)
    if isinstance(value, date):
        return day_of(teller, value)
    if isinstance(value, Mapping):
        return _pairs(teller, value)
    if isinstance(value, tuple | list):
        return teller.listed([_plain(teller, item) for item in value])
    return str(value)


def _say(teller: Teller, key: str, **facts: object) -> str:
    return phrase(f"differences.{key}", teller.language, **facts)


def _pairs(teller: Teller, pairs: Mapping[Any, object]) -> str:
    told = [f"{key} = {_plain(teller, value)}" for key, value in pairs.items()]
    return teller.listed(told) if told else _say(teller, "nothing")


def _planned_criterion(teller: Teller, name: str) -> PlannedCriterion:
    return next(item for item in teller.plan.criteria if item.id == name)


def _planned_adjustment(teller: Teller, name: str) -> PlannedAdjustment:
    return next(item for item in teller.plan.adjustments if item.id == name)


def _planned_dimension(teller: Teller, name: str) -> PlannedDimension:
    return next(item for item in teller.plan.dimensions if item.id == name)


def _curve(teller: Teller, name: str, rule: Any) -> str:
    return how_points(teller, _planned_criterion(teller, name))


def _missing(teller: Teller, name: str, rule: Any) -> str:
    return without_value(teller, _planned_criterion(teller, name))


def _small_numbers(teller: Teller, name: str, rule: Any) -> str:
    return small_numbers_in_words(teller, _planned_criterion(teller, name)) or _say(teller, "nothing")


def _measure(teller: Teller, name: str, rule: Any) -> str:
    if rule.measure is None:
        return _say(teller, "nothing")
    return _say(teller, "named", title=teller.measures[rule.measure].name(teller.language), id=rule.measure)


def _own_measures(teller: Teller, name: str, rule: Any) -> str:
    return _pairs(
        teller,
        {
            who: teller.measures[measure].name(teller.language)
            for who, measure in rule.measure_by_department.items()
        },
    )


def _parameters(find: Callable[[Teller, str], Any]) -> Speaker:
    def spoken(teller: Teller, name: str, rule: Any) -> str:
        use = find(teller, name).use
        given = use.parameters if use is not None else {}
        titles = {key: use.measure.parameters[key].title for key in given} if teller.language == "zh" else {}
        return _pairs(teller, {titles.get(key) or key: value for key, value in given.items()})

    return spoken


def _where(find: Callable[[Teller, str], Any]) -> Speaker:
    def spoken(teller: Teller, name: str, rule: Any) -> str:
        use = find(teller, name).use
        if rule.where is None:
            return _say(teller, "all_rows")
        table = use.measure.table if use is not None else CASES.name
        return teller.clause(rule.where, table, use.parameters if use is not None else {})

    return spoken


def _condition(field: str) -> Speaker:
    def spoken(teller: Teller, name: str, rule: Any) -> str:
        text = getattr(rule, field)
        return _say(teller, "nothing") if text is None else teller.condition(text)

    return spoken


def _row_text(field: str) -> Speaker:
    def spoken(teller: Teller, name: str, rule: Any) -> str:
        text = getattr(rule, field)
        if text is None or text == "true":
            return _say(teller, "all_rows" if field in ("count", "when") else "nothing")
        if getattr(rule, "formula", None) is not None:
            return teller.formula(text)
        return teller.clause(text, getattr(rule, "table", CASES.name), {})

    return spoken


def _dimension(teller: Teller, name: str, rule: Any) -> str:
    if rule.dimension is None:
        return _say(teller, "total")
    return teller.plan.ruleset.dimensions[rule.dimension].name(teller.language)


def _dimension_points(teller: Teller, name: str, rule: Any) -> str:
    points = plain(full_points(teller.plan.criteria, _planned_dimension(teller, name)))
    return points if rule.points is not None else _say(teller, "sum", points=points)


def _effect(teller: Teller, name: str, rule: Any) -> str:
    points = plain(rule.effect.cap) if isinstance(rule.effect, Cap) else ""
    return teller.say(f"effect_{rule.kind.value}", points=points)


def _quota(teller: Teller, name: str, rule: Any) -> str:
    return quota_in_words(teller, rule)


def _aggregator(teller: Teller, bound: BoundAggregator) -> str:
    made = bound.aggregator
    title = (made.title_en or made.id) if teller.language == "en" else made.title
    given = dict(bound.parameters)
    return f"{title}（{_pairs(teller, given)}）" if given else title


def _of_dimension(teller: Teller, name: str, rule: Any) -> str:
    return _aggregator(teller, _planned_dimension(teller, name).aggregator)


def _of_all(teller: Teller, name: str, rule: Any) -> str:
    return _aggregator(teller, teller.plan.aggregator)


def _tie_break(teller: Teller, name: str, rule: Any) -> str:
    return _titles(teller, rule.tie_break, teller.plan.ruleset.criteria, teller.measures)


def _titles(teller: Teller, names: Iterable[str], *known: Mapping[str, Any]) -> str:
    titled = {name: rule for rules in reversed(known) for name, rule in rules.items()}
    found = [titled[name].name(teller.language) for name in names]
    return teller.listed(found) if found else _say(teller, "nothing")


def _grade_order(teller: Teller, name: str, rule: Any) -> str:
    grades = teller.plan.ruleset.grades
    return _titles(teller, grades, grades)


def _main_list(teller: Teller, name: str, rule: Any) -> str:
    selections = teller.plan.ruleset.selections
    return _titles(teller, [next(iter(selections))], selections)


def _period(teller: Teller, name: str, rule: Any) -> str:
    if rule is None:
        return _say(teller, "all_rows")
    by = column_titles(teller, (rule.by,))
    return _say(teller, "period", start=rule.start.isoformat(), end=rule.end.isoformat(), by=by)


def _outcome(teller: Teller, name: str, rule: Any) -> str:
    words = OUTCOMES.get(rule, ()) if teller.language == "zh" else ()
    return next(iter(words), rule)


def _scale(teller: Teller, name: str, rule: Any) -> str:
    known = RATINGS if teller.language == "zh" else {}
    return _pairs(
        teller, {next(iter(known.get(label, ())), label): value for label, value in (rule or {}).items()}
    )


def _items(teller: Teller, name: str, rule: Any) -> str:
    told = []
    for item in rule.items.values():
        text = teller.clause(item.when or item.value, rule.table, {})
        points = "" if item.points is None else plain(item.points)
        told.append(_say(teller, "item", title=item.name(teller.language), text=text, points=points))
    return teller.say("semicolon").join(told)


def _starts(teller: Teller, name: str, rule: Any) -> str:
    return column_titles(teller, rule.start)


def column_titles(teller: Teller, columns: Iterable[str]) -> str:
    """Return what columns of the ledger are called."""
    own, known = teller.plan.ruleset.columns, CASES.columns if teller.language == "zh" else {}
    titles = {name: rule.name(teller.language) for name, rule in own.items()}
    titles |= {name: column.title for name, column in known.items()}
    return teller.listed([titles.get(column, column) for column in columns])


def _volume(teller: Teller, name: str, rule: Any) -> str:
    steps = [
        teller.say("deadline_volume", over=step.over, days=step.days)
        for step in sorted(rule.volume, key=lambda step: step.over)
    ]
    return teller.listed(steps) if steps else _say(teller, "nothing")


def _own_aggregate(teller: Teller, name: str, rule: Any) -> str:
    return _say(teller, f"kind_{from_rule(name, rule).kind}")


def _start(teller: Teller, name: str, rule: Any) -> str:
    return _say(teller, f"start_{rule.start}")


# Values that the published rules have words for: the beginning of the phrase.
_CHOICES: Mapping[RuleKey, str] = MappingProxyType(
    {
        ("ranking", "ties"): "ties",
        ("ranking", "within"): "within",
        ("selections", "cut_tie"): "cut_tie",
        ("ratings", "policy"): "policy",
        ("ratings", "non_response"): "silence",
        ("rounding", "mode"): "mode",
        ("selections", "from"): "from",
        ("columns", "type"): "type",
    }
)
# Values that only differences name.
_OWN_CHOICES = frozenset({("ratings", "late"), ("measures", "better")})
_SPEAKERS: Mapping[RuleKey, Speaker] = MappingProxyType(
    {
        ("criteria", "curve"): _curve,
        ("criteria", "missing"): _missing,
        ("criteria", "small_numbers"): _small_numbers,
        ("", "measure"): _measure,
        ("", "measure_by_department"): _own_measures,
        ("criteria", "with"): _parameters(_planned_criterion),
        ("adjustments", "with"): _parameters(_planned_adjustment),
        ("criteria", "where"): _where(_planned_criterion),
        ("adjustments", "where"): _where(_planned_adjustment),
        ("deadlines", "when"): _row_text("when"),
        ("", "when"): _condition("when"),
        ("", "among"): _condition("among"),
        ("conversions", "value"): _condition("value"),
        ("", "dimension"): _dimension,
        ("dimensions", "points"): _dimension_points,
        ("dimensions", "aggregate"): _of_dimension,
        ("dimensions", "start"): _start,
        ("aggregate", "aggregate"): _of_all,
        ("", "effect"): _effect,
        ("", "quota"): _quota,
        ("", "tie_break"): _tie_break,
        ("grades", "order"): _grade_order,
        ("selections", "main"): _main_list,
        ("", "period"): _period,
        ("", "outcome"): _outcome,
        ("", "values"): _scale,
        ("", "items"): _items,
        ("deadlines", "from"): _starts,
        ("deadlines", "volume"): _volume,
        ("measures", "aggregate"): _own_aggregate,
        ("", "count"): _row_text("count"),
        ("", "hit"): _row_text("hit"),
        ("measures", "value"): _row_text("value"),
        ("", "formula"): _row_text("formula"),
    }
)
