"""The rules beside the scoring table, in sentences: what they rest on, score sheets, gates, groups, lists."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from duban.exact import plain
from duban.ruleset import Adjustment, Cap, Grade, Selection, ShareQuota
from duban.ruleset.ranking import Quota
from duban.tables import CASES

from .data_side import by_basis, day_of
from .page import Block, Heading, Listing, Paragraph, Row, Table
from .scoring_table import measure_lines
from .telling import Teller


def opening(teller: Teller) -> Iterator[Block]:
    """Yield what the rules rest on, the period, and what their source leaves open."""
    rules, period = teller.plan.ruleset, teller.plan.period
    if rules.basis:
        yield Paragraph(teller.say("rests_on", basis=teller.listed(rules.basis)))
    if period is not None:
        by = CASES.columns[period.by].title if period.by in CASES.columns else period.by
        by = by if teller.language == "zh" else period.by
        yield Paragraph(
            teller.say("period", start=day_of(teller, period.start), end=day_of(teller, period.end), by=by)
        )
    if rules.incomplete:
        yield Heading(teller.say("incomplete"))
        yield Listing(rules.incomplete)


def sheets(teller: Teller) -> Iterator[Block]:
    """Yield the score sheets for single cases, a table each."""
    for sheet in teller.plan.ruleset.sheets.values():
        yield Heading(teller.say("sheet", title=sheet.name(teller.language)))
        if sheet.count != "true":
            yield Paragraph(teller.say("counts", text=teller.clause(sheet.count, sheet.table, {})))
        rows = tuple(
            Row(
                (
                    item.name(teller.language),
                    teller.clause(item.when or item.value or "", sheet.table, {}),
                    plain(item.points),
                    "\n".join(item.basis),
                )
            )
            for item in sheet.items.values()
        )
        head = tuple(teller.say(f"head_{key}") for key in ("item", "standard", "points", "source"))
        yield Table(head, rows, (28, 44, 8, 20))


def consequences(teller: Teller) -> Iterator[Block]:
    """Yield what comes after the points: adjustments, gates, groups, ranking, grades, lists, conversions."""
    rules = teller.plan.ruleset
    told = {
        "adjustments": [_adjustment(teller, name) for name in rules.adjustments],
        "gates": [_gate(teller, name) for name in rules.gates],
        "groups": [_group(teller, name) for name in rules.groups],
        "ranking": list(_ranking(teller)),
        "grades": [_grade(teller, rule) for rule in rules.grades.values()],
        "selections": [_selection(teller, rule) for rule in rules.selections.values()],
        "conversions": [_conversion(teller, rule) for rule in rules.conversions.values()],
        "objections": list(_objections(teller)),
    }
    for key, items in told.items():
        if items:
            yield Heading(teller.say(key))
            yield Listing(tuple(items))


def in_a_sentence(teller: Teller, section: str, name: str) -> str:
    """Return one rule of what comes after the points, with its title."""
    by_name = {"adjustments": _adjustment, "gates": _gate, "groups": _group}
    if section in by_name:
        return by_name[section](teller, name)
    by_rule: Mapping[str, Callable[[Teller, Any], str]] = {
        "grades": _grade,
        "selections": _selection,
        "conversions": _conversion,
    }
    return by_rule[section](teller, getattr(teller.plan.ruleset, section)[name])


def _titled(teller: Teller, rule: Any, text: str) -> str:
    return f"{rule.name(teller.language)}{teller.say('colon')}{text}{by_basis(teller, rule.basis)}"


def _adjustment(teller: Teller, name: str) -> str:
    planned = next(item for item in teller.plan.adjustments if item.id == name)
    rule: Adjustment = planned.rule
    if rule.when is not None and rule.points is not None:
        when = teller.condition(rule.when)
        text = teller.say(
            f"when_{_sign(rule.points)}", when=teller.spaced(when), points=plain(abs(rule.points))
        )
    else:
        each, measure = rule.each or Fraction(0), planned.use.measure if planned.use else None
        one = teller.value(measure, Fraction(1))
        text = teller.say(f"each_{_sign(each)}", one=teller.spaced(one), points=plain(abs(each)))
        if rule.limit is not None:
            text += teller.say("limit", points=plain(abs(rule.limit)))
        lines = measure_lines(teller, planned.use, rule.name(teller.language)) if planned.use else []
        text += teller.say("in_brackets", text=teller.say("semicolon").join(lines)) if lines else ""
    if rule.dimension is not None:
        title = teller.plan.ruleset.dimensions[rule.dimension].name(teller.language)
        text += teller.say("inside", dimension=title)
    return _titled(teller, rule, text)


def _sign(points: Any) -> str:
    return "minus" if points < 0 else "plus"


def _gate(teller: Teller, name: str) -> str:
    rule = teller.plan.ruleset.gates[name]
    effect = rule.effect
    points = plain(effect.cap) if isinstance(effect, Cap) else ""
    what = teller.say(f"effect_{rule.kind.value}", points=points)
    return _titled(
        teller, rule, teller.say("gate", when=teller.spaced(teller.condition(rule.when)), what=what)
    )


def _group(teller: Teller, name: str) -> str:
    rule = teller.plan.ruleset.groups[name]
    text = teller.say("others") if rule.when is None else teller.condition(rule.when)
    if rule.priority is not None:
        text += teller.say("priority", number=rule.priority)
    return _titled(teller, rule, text)


def _ranking(teller: Teller) -> Iterator[str]:
    rules = teller.plan.ruleset
    if not teller.plan.has_points:
        yield teller.say("no_ranking")
        return
    yield teller.say("within_group" if rules.groups and rules.ranking.within == "group" else "within_all")
    yield teller.say(f"ties_{rules.ranking.ties}")
    titles = [
        rules.criteria[name].name(teller.language)
        if name in rules.criteria
        else teller.measures[name].name(teller.language)
        for name in rules.ranking.tie_break
    ]
    if titles:
        yield teller.say("tie_break", titles=teller.listed(titles))


def _grade(teller: Teller, rule: Grade) -> str:
    parts = [teller.say("total_at_least", points=plain(rule.at_least))] if rule.at_least is not None else []
    parts += [teller.condition(rule.when)] if rule.when is not None else []
    return _titled(teller, rule, teller.say("and").join(parts) or teller.say("others"))


def _selection(teller: Teller, rule: Selection) -> str:
    parts = [teller.say(f"from_{rule.start}")]
    parts += [teller.say("among", when=teller.condition(rule.among))] if rule.among is not None else []
    parts += [teller.say("total_at_least", points=plain(rule.at_least))] if rule.at_least is not None else []
    parts += [teller.say("total_at_most", points=plain(rule.at_most))] if rule.at_most is not None else []
    parts += [quota_in_words(teller, rule)]
    if rule.quota is not None:
        parts.append(teller.say(f"cut_tie_{rule.cut_tie}"))
    parts += [] if rule.ordered else [teller.say("unordered")]
    return _titled(teller, rule, teller.say("semicolon").join(parts))


def quota_in_words(teller: Teller, rule: Selection) -> str:
    """Return how many a list takes."""
    rules, quota = teller.plan.ruleset, rule.quota
    if quota is None:
        return teller.say("no_quota")
    if isinstance(quota, Mapping):
        parts = [
            f"{rules.groups[group].name(teller.language)} {_quota(teller, item)}"
            for group, item in quota.items()
        ]
        return teller.say("quota", number=teller.listed(parts))
    by_group = rules.groups and rules.ranking.within == "group"
    number = _quota(teller, quota)
    if not by_group:
        return teller.say("quota", number=number)
    # A number stands apart from the words before it.
    apart = teller.language == "zh" and number[:1].isdecimal()
    return teller.say("quota_each", number=f" {number}" if apart else number)


def _quota(teller: Teller, quota: Quota) -> str:
    if not isinstance(quota, ShareQuota):
        return teller.say("number", number=quota)
    of, rounding = teller.say(f"share_of_{quota.of}"), teller.say(f"round_{quota.round}")
    parts = [teller.say("share", of=of, percent=plain(quota.share * 100), round=rounding)]
    parts += [teller.say("at_least_so_many", number=quota.at_least)] if quota.at_least else []
    parts += [teller.say("at_most_so_many", number=quota.at_most)] if quota.at_most is not None else []
    return teller.say("comma").join(parts)


def _objections(teller: Teller) -> Iterator[str]:
    rule = teller.plan.ruleset.objections
    clocks = {
        "apply_days": rule.apply_days,
        "apply_working_days": rule.apply_working_days,
        "decide_days": rule.decide_days,
        "decide_working_days": rule.decide_working_days,
    }
    told = [teller.say(key, number=number) for key, number in clocks.items() if number is not None]
    told += [teller.say("objections_to", to=rule.to)] if rule.to else []
    if told:
        yield teller.say("semicolon").join(told) + by_basis(teller, rule.basis)


def _conversion(teller: Teller, rule: Any) -> str:
    unit = teller.say("unit", unit=rule.unit) if rule.unit else ""
    text = teller.say("conversion", text=teller.condition(rule.value), unit=unit, places=rule.places)
    return _titled(teller, rule, text)
