"""An explanation in sentences: sections with a title and lines, from the total down to the criteria."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from duban.describing.scoring_table import how_points, measure_lines
from duban.exact import equation, readable
from duban.gating import shown_total
from duban.ruleset import Shrink
from duban.terms import Aggregate, Missing, Status
from duban.texts import phrase

from .explanation import ExplainedCriterion, ExplainedDimension, Explanation
from .parts import Kind, Part
from .saying import Sayer, points, signed
from .standing import Standing


class Line(NamedTuple):
    """One sentence, so deep in its section."""

    depth: int
    text: str


class Section(NamedTuple):
    """What is said of one thing: the total, a dimension, the adjustments."""

    title: str
    lines: tuple[Line, ...]


class Narrator:
    """Tells explanations in the language of their run."""

    def __init__(self, sayer: Sayer) -> None:
        self._sayer, self._say = sayer, sayer.say
        self._plan = sayer.teller.plan
        self._criteria = {item.id: item for item in self._plan.criteria}
        self._standing = Standing(sayer)

    def sections(self, explained: Explanation) -> Iterator[Section]:
        """Yield the whole answer on a department."""
        yield self.total(explained)
        for dimension in explained.dimensions:
            yield self.dimension(dimension)
        if explained.adjustments:
            yield _section(self._say("adjustments"), self._standing.adjustments(explained))
        if explained.gates:
            yield _section(self._say("gates"), self._standing.gates(explained))
        yield _section(self._say("standing"), self._standing.standing(explained))

    def of_rule(self, explained: Explanation, section: str, name: str) -> Iterator[Section]:
        """Yield the answer on one rule, in depth."""
        if section == "criteria":
            criterion = next(item for item in explained.criteria if item.id == name)
            dimension = next(item for item in explained.dimensions if item.id == criterion.dimension)
            yield _section(self._title(criterion), self._criterion(criterion, dimension, in_depth=True))
        elif section == "dimensions":
            yield self.dimension(
                next(item for item in explained.dimensions if item.id == name), in_depth=True
            )
        elif section == "adjustments":
            yield _section(self._say("adjustments"), self._standing.adjustments(explained, name))
        else:
            yield _section(self._say("gates"), self._standing.gates(explained, name))

    def total(self, explained: Explanation) -> Section:
        """Return how the parts add up to the total."""
        total = explained.total
        if total is None:
            key = "no_total" if self._plan.has_points else "no_points_in_rules"
            return Section(self._say(key), ())
        title = self._say("total_is", total=shown_total(total, self._plan.ruleset.rounding.total))
        return _section(title, self._summands(explained))

    def _summands(self, explained: Explanation) -> Iterator[str]:
        if not explained.parts:
            yield self._say("no_parts")
        for dimension in explained.dimensions:
            name, full = self._sayer.title("dimensions", dimension.id), points(dimension.full)
            if dimension.part is not None:
                key = "dimension_part" if dimension.full else "adjustment_part"
                yield self._say(key, title=name, part=points(dimension.part), full=full)
            elif dimension.full:
                yield self._say("dimension_without", title=name, full=full)
        for part in explained.parts:
            if not part.dimension:
                yield self.part(part, explained)
        yield from self._points_rounded()
        if any(Fraction(points(part.points)) != part.points for part in explained.parts):
            yield self._say("shown_rounded")

    def _points_rounded(self) -> Iterator[str]:
        """Yield that points of criteria are not quite what their arithmetic says, where the rules round them."""
        rounding = self._plan.ruleset.rounding
        if rounding.points is not None:
            mode = phrase(f"describing.mode_{rounding.mode}", self._sayer.language)
            yield self._say("points_rounded", places=rounding.points, mode=mode)

    def part(self, part: Part, explained: Explanation) -> str:
        """Return a part that is no criterion's as a line."""
        if part.kind is Kind.ADJUSTMENT:
            return self._say(
                "adjustment_part", title=self._sayer.title("adjustments", part.id), part=signed(part.points)
            )
        teller = self._sayer.teller
        bound = next((item.aggregator for item in self._plan.dimensions if item.id == part.id), None)
        how = (bound or self._plan.aggregator).aggregator
        held = [gate.id for gate in explained.gates if gate.holds]
        facts = {
            "points": points(part.points) if part.kind is Kind.START else signed(part.points),
            "how": (how.title_en or how.id) if teller.language == "en" else how.title,
            "places": self._plan.ruleset.rounding.total,
            "gates": self._sayer.listed(self._sayer.title("gates", name) for name in held),
        }
        return self._say(f"part_{part.kind.value}", **facts)

    def dimension(self, dimension: ExplainedDimension, in_depth: bool = False) -> Section:
        """Return how a dimension's score came from its criteria."""
        title = self._sayer.title("dimensions", dimension.id)
        key = "dimension_title_none" if dimension.score is None else "dimension_title"
        if not dimension.full and dimension.score is not None:
            key, dimension_score = "adjustment_part", signed(dimension.score)
            heading = self._say(key, title=title, part=dimension_score)
        elif not dimension.full:
            heading = title
        else:
            heading = self._say(key, title=title, score=points(dimension.score), full=points(dimension.full))
        lines = [Line(0, text) for text in self._scales(dimension)]
        for criterion in dimension.criteria:
            lines.append(Line(0, self._title(criterion)))
            lines += [Line(1, text) for text in self._criterion(criterion, dimension, in_depth)]
        lines += [Line(0, text) for text in self._changes(dimension)]
        return Section(heading, tuple(lines))

    def _changes(self, dimension: ExplainedDimension) -> Iterator[str]:
        for part in dimension.changes:
            if part.kind is Kind.ADJUSTMENT:
                name = self._sayer.title("adjustments", part.id)
                yield self._say("adjustment_part", title=name, part=signed(part.points))
            elif part.kind is not Kind.START:
                how = next(item.aggregator for item in self._plan.dimensions if item.id == dimension.id)
                told = how.aggregator.title if self._sayer.language == "zh" else how.aggregator.title_en
                yield self._say(f"part_{part.kind.value}", points=signed(part.points), how=told)

    def _scales(self, dimension: ExplainedDimension) -> Iterator[str]:
        """Yield what was redistributed to whom, and why points are scaled."""
        scale = dimension.scale
        start = next((part for part in dimension.changes if part.kind is Kind.START), None)
        if start is not None:
            yield self._say("part_start", points=points(dimension.full))
        if scale is None:
            return
        own = [item for item in dimension.criteria if item.full]
        without = [item for item in own if item.id in dimension.without]
        if scale.inside != 1:
            factor = readable(scale.inside)
            if without:
                lost = points(sum((item.full for item in without), Fraction(0)))
                titles = self._sayer.listed(f"“{self._sayer.title('criteria', item.id)}”" for item in without)
                yield self._say("scaled_without", titles=titles, points=lost, scale=factor)
            else:
                sums = points(sum((item.full for item in own), Fraction(0)))
                yield self._say("scaled_full", own=sums, full=points(dimension.full), scale=factor)
        if scale.outside != 1:
            key = "scaled_outside_only" if dimension.part is None else "scaled_outside"
            yield self._say(key, scale=readable(scale.outside), part=points(dimension.part))

    def _title(self, criterion: ExplainedCriterion) -> str:
        title = self._sayer.title("criteria", criterion.id)
        if not criterion.full:
            return self._say("criterion_shown", title=title)
        if criterion.score.points is None:
            return self._say("criterion_none", title=title, full=points(criterion.full))
        return self._say(
            "criterion_title", title=title, points=points(criterion.score.points), full=points(criterion.full)
        )

    def _criterion(
        self, criterion: ExplainedCriterion, dimension: ExplainedDimension, in_depth: bool
    ) -> Iterator[str]:
        planned, score = self._criteria[criterion.id], criterion.score
        use = self._plan.uses.get(criterion.use or "")
        if in_depth and use is not None:
            yield from measure_lines(self._sayer.teller, use, self._sayer.title("criteria", criterion.id))
        if score.status is not Status.MEASURED:
            yield self._missing(criterion, dimension)
        else:
            yield self._counted(criterion)
            if score.judged not in (None, score.value):
                yield self._judged(criterion)
            if in_depth and (criterion.full or planned.curve.labels):
                yield self._say("rule", text=how_points(self._sayer.teller, planned))
            if criterion.worked:
                yield self._say("arithmetic" if criterion.full else "sorted", text=criterion.worked)
            elif criterion.full and not in_depth:
                yield self._say("rule", text=how_points(self._sayer.teller, planned))
            if criterion.facts:
                yield self._say("asked", facts=self._sayer.facts(criterion.facts))
        if in_depth and criterion.worked and criterion.full:
            yield from self._points_rounded()
        if score.label is not None:
            yield self._say("label", label=score.label)
        yield from self._to_total(criterion)

    def _to_total(self, criterion: ExplainedCriterion) -> Iterator[str]:
        own, part = criterion.score.points, criterion.part
        if own is None or part is None or own == part:
            return
        if criterion.worth == 0:
            yield self._say("taken_off", points=points(abs(part)))
        elif own:
            yield self._say("to_total", sum=equation(f"{readable(own)} × {readable(part / own)}", part))

    def _counted(self, criterion: ExplainedCriterion) -> str:
        score, use = criterion.score, self._plan.uses[criterion.use or ""]
        unit = self._unit(criterion)
        facts = {
            "count": score.count,
            "unit": unit,
            "hits": score.hits,
            "value": self._sayer.value(use.measure, score.value or Fraction(0)),
        }
        number = use.measure.kind is Aggregate.NUMBER and not use.measure.unit
        facts["value"] = (
            f"{facts['value']} {unit}" if number and self._sayer.language == "zh" else facts["value"]
        )
        median = use.measure.kind is Aggregate.QUANTILE and use.measure.quantile == Fraction(1, 2)
        return self._say("counted_median" if median else f"counted_{use.measure.kind.value}", **facts)

    def value(self, criterion: ExplainedCriterion) -> str:
        """Return a criterion's value as it was counted, in few words."""
        score, use = criterion.score, self._plan.uses.get(criterion.use or "")
        if score.value is None or use is None:
            return phrase(f"scoring.status_{score.status}", self._sayer.language)
        said = self._sayer.value(use.measure, score.value)
        return f"{said} ({score.hits}/{score.count})" if score.hits is not None else said

    def _unit(self, criterion: ExplainedCriterion) -> str:
        use = self._plan.uses.get(criterion.use or "")
        return self._say("unit_cases" if use is None or use.measure.table == "cases" else "unit_rows")

    def _judged(self, criterion: ExplainedCriterion) -> str:
        rule = self._criteria[criterion.id].rule.small_numbers
        measure = self._plan.uses[criterion.use or ""].measure
        number = (
            points(rule.strength)
            if isinstance(rule, Shrink)
            else f"{points((rule.confidence if rule else Fraction(0)) * 100)}%"
        )
        kind = self._say(f"small_{rule.kind}", number=number) if rule is not None else ""
        value = self._sayer.value(measure, criterion.score.judged or Fraction(0))
        return self._say("judged_value", kind=kind, value=value)

    def _missing(self, criterion: ExplainedCriterion, dimension: ExplainedDimension) -> str:
        score = criterion.score
        status = phrase(f"scoring.status_{score.status}", self._sayer.language)
        if score.status is Status.TOO_FEW_CASES:
            least = self._criteria[criterion.id].rule.min_cases
            status = self._say("too_few", count=score.count, least=least, unit=self._unit(criterion))
        key = score.treatment.value if score.treatment is not None and criterion.full else "shown"
        if score.treatment is Missing.REDISTRIBUTE and criterion.full and dimension.score is None:
            key = "redistribute_alone"
        return self._say(
            f"missing_{key}", status=status, full=points(criterion.full), points=points(score.points)
        )


def _section(title: str, lines: Iterator[str]) -> Section:
    return Section(title, tuple(Line(0, text) for text in lines))
