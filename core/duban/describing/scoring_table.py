"""The scoring table 评分细则: each criterion with its standard, full marks, how points come about, and its source."""

import re
from fractions import Fraction

from duban.exact import plain
from duban.measures import Measure
from duban.plan import BoundAggregator, MeasureUse, PlannedCriterion, PlannedDimension
from duban.ruleset import Shrink
from duban.terms import Aggregate, Missing, Status

from .page import Block, Heading, Paragraph, Row, Table
from .telling import Teller

_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_HEAD = ("item", "standard", "full_marks", "how_points", "no_value", "source")
_WIDTHS = (14, 30, 8, 20, 13, 15)


def scoring_table(teller: Teller) -> list[Block]:
    """Return the table with its heading and how the dimensions become the total."""
    plan = teller.plan
    rows: list[Row] = []
    for dimension in plan.dimensions:
        criteria = [item for item in plan.criteria if item.rule.dimension == dimension.id]
        rows.append(_dimension_row(teller, dimension, criteria))
        rows += [criterion_row(teller, criterion) for criterion in criteria]
    head = tuple(teller.say(f"head_{key}") for key in _HEAD)
    blocks: list[Block] = [Heading(teller.say("scoring_table")), Paragraph(_total(teller))]
    return [*blocks, Table(head, tuple(rows), _WIDTHS)] if rows else blocks


def _total(teller: Teller) -> str:
    rules, full = teller.plan.ruleset, Fraction(0)
    for dimension in teller.plan.dimensions:
        full += _full(teller, dimension)
    if not full:
        return teller.say(
            "only_adjusted" if rules.adjustments else "no_marks" if rules.grades else "nothing_scored"
        )
    parts = [teller.say("total_points", points=plain(full))]
    if rules.aggregate.kind != "mean":
        parts.append(teller.say("aggregated", how=_aggregator(teller, teller.plan.aggregator)))
    mode = teller.say(f"mode_{rules.rounding.mode}")
    if rules.rounding.points is not None:
        parts.append(teller.say("points_rounded", places=rules.rounding.points, mode=mode))
    return "".join([*parts, teller.say("total_rounded", places=rules.rounding.total, mode=mode)])


def _full(teller: Teller, dimension: PlannedDimension) -> Fraction:
    if dimension.rule.points is not None:
        return dimension.rule.points
    own = [item.rule.points for item in teller.plan.criteria if item.rule.dimension == dimension.id]
    return sum(own, Fraction(0))


def _dimension_row(teller: Teller, dimension: PlannedDimension, criteria: list[PlannedCriterion]) -> Row:
    rule, how = dimension.rule, []
    if rule.start == "full":
        how.append(teller.say("starts_full"))
    if rule.aggregate is not None and rule.aggregate.kind != "mean":
        how.append(_aggregator(teller, dimension.aggregator))
    how += [teller.say("floor", points=plain(rule.floor))] if rule.floor is not None else []
    how += [teller.say("ceiling", points=plain(rule.ceiling))] if rule.ceiling is not None else []
    full = _full(teller, dimension)
    own = sum((item.rule.points for item in criteria), Fraction(0))
    if criteria and own != full and own:
        how.append(teller.say("scaled", own=plain(own), full=plain(full)))
    basis = "\n".join(rule.basis)
    name = rule.name(teller.language)
    return Row(
        (
            name,
            "",
            plain(full) if full else teller.say("no_points"),
            teller.say("semicolon").join(how),
            "",
            basis,
        ),
        strong=True,
    )


def _aggregator(teller: Teller, bound: BoundAggregator) -> str:
    aggregator = bound.aggregator
    return aggregator.title_en or aggregator.id if teller.language == "en" else aggregator.title


def criterion_row(teller: Teller, criterion: PlannedCriterion) -> Row:
    """Return the row of a criterion: item, standard, full marks, how points come about, without a value, source."""
    rule = criterion.rule
    scored = rule.points != 0
    return Row(
        (
            rule.name(teller.language),
            _standard(teller, criterion),
            plain(rule.points) if scored else teller.say("no_points"),
            "\n".join(
                filter(None, (small_numbers_in_words(teller, criterion), how_points(teller, criterion)))
            ),
            without_value(teller, criterion) if scored else "",
            _source(teller, criterion),
        )
    )


def _standard(teller: Teller, criterion: PlannedCriterion) -> str:
    lines = []
    if criterion.use is not None:
        lines += measure_lines(teller, criterion.use, criterion.rule.name(teller.language))
    if criterion.by_department:
        own = [
            teller.say("own_measure", department=name, measure=use.measure.name(teller.language))
            for name, use in criterion.by_department.items()
        ]
        lines.append(teller.say("own_measures", measures=teller.say("semicolon").join(own)))
    return "\n".join(lines)


def measure_lines(teller: Teller, use: MeasureUse, title: str = "") -> list[str]:
    """Return what is counted, a line each: the measure, its range, what counts and what hits, or what a row is worth."""
    measure, lines = use.measure, []
    name = measure.name(teller.language)
    if name != title:
        lines.append(teller.say("measure", name=name))
    if use.where is not None:
        lines.append(teller.say("where", text=_said(teller, use, use.where.text)))
    if measure.id in teller.plan.ruleset.sheets:
        return [*lines, teller.say("by_sheet", title=name)]
    if measure.formula is not None:
        return [*lines, teller.say("by_formula", text=teller.formula(measure.formula))]
    if measure.count != "true":
        lines.append(teller.say("counts", text=_said(teller, use, measure.count)))
    if measure.hit is not None:
        lines.append(teller.say("hits", text=_said(teller, use, measure.hit)))
    if measure.value is not None:
        quantile = _quantile(use)
        kind = "median" if measure.kind is Aggregate.QUANTILE and quantile == "0.5" else measure.kind.value
        how = teller.say(f"aggregate_{kind}", quantile=quantile)
        lines.append(teller.say("worth", text=_said(teller, use, measure.value), how=how))
    elif measure.kind is Aggregate.NUMBER and measure.count == "true":
        lines.append(teller.say("all_counted"))
    return lines


def _said(teller: Teller, use: MeasureUse, text: str) -> str:
    return teller.clause(text, use.measure.table, use.parameters)


def _quantile(use: MeasureUse) -> str:
    quantile = use.measure.quantile
    given = use.parameters.get(quantile) if isinstance(quantile, str) else quantile
    return plain(Fraction(str(given))) if given is not None else ""


def how_points(teller: Teller, criterion: PlannedCriterion) -> str:
    """Return the curve's rule in its own words, or by its title and parameters."""
    bound, rule = criterion.curve, criterion.rule
    if rule.points == 0 and not bound.labels:
        return teller.say("only_shown")
    use = criterion.use or next(iter(criterion.by_department.values()), None)
    if bound.curve.words is not None:
        # A number with its unit stands apart from words only where it ends in a digit.
        return _BETWEEN.sub("", bound.curve.words(bound.parameters, rule.points, teller.speech(use)))
    title = bound.curve.title_en or bound.curve.id if teller.language == "en" else bound.curve.title
    given = [f"{name} = {_written(value)}" for name, value in bound.parameters]
    return teller.say("curve_by_parameters", title=title, parameters=teller.listed(given)) if given else title


def _written(value: object) -> str:
    return plain(value) if isinstance(value, Fraction) else str(value)


def small_numbers_in_words(teller: Teller, criterion: PlannedCriterion) -> str:
    """Return what a rate of few cases is judged as, empty where it is judged as it stands."""
    rule = criterion.rule.small_numbers
    if isinstance(rule, Shrink):
        return teller.say("shrink", strength=plain(rule.strength))
    if rule is None:
        return ""
    uses = [use for use in (criterion.use, *criterion.by_department.values()) if use is not None]
    ways = {use.measure.better.value for use in uses}
    way = ways.pop() if len(ways) == 1 else "either"
    return teller.say(f"lower_bound_{way}", confidence=plain(100 * rule.confidence))


def without_value(teller: Teller, criterion: PlannedCriterion) -> str:
    """Return what a missing value means, the reasons together that mean the same."""
    rule, alike = criterion.rule, dict[Missing, list[str]]()
    reasons = {
        Status.TOO_FEW_CASES: rule.min_cases > 0,
        Status.NOT_APPLICABLE: True,
        Status.NOT_AVAILABLE: True,
    }
    for status in (status for status, possible in reasons.items() if possible):
        name = teller.say(f"status_{status.value}", number=rule.min_cases)
        alike.setdefault(rule.when_missing(status), []).append(name)
    said = [(names, teller.say(f"missing_{missing.value}")) for missing, names in alike.items()]
    if len(said) == 1:
        few = teller.say("too_few_or_none", number=rule.min_cases) if rule.min_cases else ""
        return few + said[0][1]
    return "\n".join(
        teller.say("missing_when", status=teller.listed(names), what=what) for names, what in said
    )


def _source(teller: Teller, criterion: PlannedCriterion) -> str:
    """Return the clauses that the criterion rests on, else where its measure comes from."""
    lines = [*criterion.rule.basis, *dated_lines(teller, ("criteria", criterion.id))]
    if lines:
        return "\n".join(lines)
    measure: Measure | None = criterion.use.measure if criterion.use is not None else None
    return teller.say("measure_source", source=measure.source) if measure and measure.source else ""


def dated_lines(teller: Teller, path: tuple[str, ...]) -> list[str]:
    """Return since when the values below a path hold that the ruleset gives by date, with their sources."""
    lines = []
    for where, chosen in teller.loaded.dated.items():
        if where[: len(path)] == path:
            key = ".".join(str(part) for part in where[len(path) :])
            lines.append(teller.say("since", name=key, day=chosen.start, basis=teller.listed(chosen.basis)))
    return lines
