"""The data side of the rules in sentences: deadlines, classes of outcomes, columns, and how ratings are counted."""

from collections.abc import Iterator
from datetime import date

from duban.exact import plain
from duban.ruleset import ColumnRule, Deadline
from duban.tables import CASES, OUTCOMES, RATINGS
from duban.terms import ColumnType

from .page import Block, Heading, Listing, Paragraph
from .telling import Teller


def facts(teller: Teller) -> Iterator[Block]:
    """Yield the deadlines, the classes of outcomes, and how ratings are counted."""
    rules = teller.plan.ruleset
    if rules.deadlines:
        yield Heading(teller.say("deadlines"))
        yield Listing(tuple(deadline_in_words(teller, name, rule) for name, rule in rules.deadlines.items()))
    if rules.outcomes:
        yield Heading(teller.say("outcomes"))
        yield Listing(tuple(_outcomes(teller)))
    if rules.columns:
        yield Heading(teller.say("columns"))
        yield Listing(tuple(_column(teller, rule) for rule in rules.columns.values()))
    yield from _ratings(teller)


def _ratings(teller: Teller) -> Iterator[Block]:
    """Yield how ratings are counted, where a measure in use looks at any."""
    clauses = [
        clause for use in teller.plan.uses.values() for clause in (use.count, use.hit, use.value, use.where)
    ]
    if not any(clause is not None and "rating" in clause.text for clause in clauses):
        return
    rules = teller.plan.ruleset
    yield Heading(teller.say("ratings"))
    yield Listing(tuple(_rating(teller, stage) for stage in ("answer", "result")))
    for scale in rules.scales.values():
        parts = [
            teller.say("scale_part", label=_label(teller, label), value=plain(value))
            for label, value in scale.items()
        ]
        yield Paragraph(teller.say("scale", parts=teller.listed(parts)))


def _label(teller: Teller, label: str) -> str:
    words = RATINGS.get(label, ()) if teller.language == "zh" else ()
    return next(iter(words), label)


def deadline_in_words(teller: Teller, name: str, rule: Deadline) -> str:
    """Return a deadline: whose, and how long."""
    facts = {"start": teller.say("else").join(_column_name(teller, key) for key in rule.start)}
    clocks = {"months": rule.months, "days": rule.days, "working_days": rule.working_days}
    parts = [
        teller.say(f"deadline_{key}", number=number, **facts)
        for key, number in clocks.items()
        if number is not None
    ]
    parts += [teller.say("deadline_date", day=day_of(teller, rule.date))] if rule.date is not None else []
    if rule.extended_months is not None:
        parts.append(teller.say("deadline_extended", number=rule.extended_months))
    parts += [teller.say("deadline_volume", over=step.over, days=step.days) for step in rule.volume]
    who = teller.say("deadline_reply") if name == "reply" else name
    when = teller.say("deadline_when", text=teller.clause(rule.when, "cases", {})) if rule.when else ""
    return f"{who}{when}{teller.say('colon')}{teller.say('comma').join(parts)}{by_basis(teller, rule.basis)}"


def _column_name(teller: Teller, key: str) -> str:
    own = teller.plan.ruleset.columns
    if key in own:
        return own[key].name(teller.language)
    return CASES.columns[key].title if teller.language == "zh" and key in CASES.columns else key


def _column(teller: Teller, rule: ColumnRule) -> str:
    kind = teller.say(f"type_{ColumnType(rule.type).value}")
    return f"{rule.name(teller.language)}{teller.say('in_brackets', text=kind)}{by_basis(teller, rule.basis)}"


def _outcomes(teller: Teller) -> Iterator[str]:
    by_class: dict[str, list[str]] = {}
    for label, outcome in teller.plan.ruleset.outcomes.items():
        by_class.setdefault(outcome, []).append(label)
    for outcome, labels in by_class.items():
        words = OUTCOMES.get(outcome, ()) if teller.language == "zh" else ()
        title = next(iter(words), outcome)
        yield f"{title}{teller.say('colon')}{teller.listed(labels)}"


def _rating(teller: Teller, stage: str) -> str:
    rule = getattr(teller.plan.ruleset.ratings, stage)
    parts = [teller.say(f"policy_{rule.policy}")]
    parts += [teller.say("facet", name=rule.facet)] if rule.facet else []
    if rule.window_days is not None:
        parts.append(teller.say(f"window_{rule.late}", days=rule.window_days))
    parts.append(teller.say(f"silence_{rule.non_response}"))
    return f"{teller.say(f'rating_{stage}')}{teller.say('colon')}{teller.say('semicolon').join(parts)}"


def day_of(teller: Teller, day: date) -> str:
    """Return a day as one language writes it."""
    return day.isoformat() if teller.language == "en" else f"{day.year}年{day.month}月{day.day}日"


def by_basis(teller: Teller, basis: tuple[str, ...]) -> str:
    """Return the clauses that a sentence rests on, empty where there are none."""
    return teller.say("by_basis", basis=teller.listed(basis)) if basis else ""
