"""Points by comparison with the other departments: between the extremes, by percentile, or by standard score."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Literal, Self

from pydantic import model_validator

from duban import Curve, Exact, Judged, Parameters, Subject, rounded, square_root


class Relative(Parameters):
    """Compared `within` the group or all departments; where nobody differs, everybody has full points.

    `min_max`: the position between the worst and the best value. `percentile`: the share of the other departments
    that are worse, equal ones counting half. `z`: the standard score (of the population), clamped to ±`limit` and
    mapped linearly, so that the mean has half the points.
    """

    method: Literal["min_max", "percentile", "z"] = "min_max"
    within: Literal["group", "all"] = "group"
    better: Literal["higher", "lower"] = "higher"
    limit: Exact = Fraction(3)

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.limit <= 0:
            raise ValueError("relative_limit_not_positive")
        if "limit" in self.model_fields_set and self.method != "z":
            raise ValueError("relative_limit_only_for_z")
        return self


def judge(subjects: Sequence[Subject], full: Fraction, parameters: Relative) -> Sequence[Judged]:
    """Return the points of every department; each distinct value of a circle of comparison is judged once."""
    circles: dict[str, list[Fraction]] = defaultdict(list)
    for subject in subjects:
        circles[_circle(subject, parameters)].append(subject.value)
    known = {circle: _judge_circle(values, full, parameters) for circle, values in circles.items()}
    return [known[_circle(subject, parameters)][subject.value] for subject in subjects]


def _circle(subject: Subject, parameters: Relative) -> str:
    return subject.group if parameters.within == "group" else ""


def _judge_circle(values: Sequence[Fraction], full: Fraction, parameters: Relative) -> dict[Fraction, Judged]:
    counts = Counter(values)
    if len(counts) == 1:
        return dict.fromkeys(counts, Judged(full))
    shares = _METHODS[parameters.method](counts, parameters)
    lower = parameters.better == "lower"
    return {value: Judged(full * (1 - share if lower else share)) for value, share in shares.items()}


# Each method returns the share for "higher is better"; all three are symmetrical, so the other direction is its rest.


def _min_max(counts: Mapping[Fraction, int], parameters: Relative) -> dict[Fraction, Fraction]:
    low, high = min(counts), max(counts)
    return {value: (value - low) / (high - low) for value in counts}


def _percentile(counts: Mapping[Fraction, int], parameters: Relative) -> dict[Fraction, Fraction]:
    others, below = sum(counts.values()) - 1, 0
    shares = {}
    for value in sorted(counts):
        shares[value] = (below + Fraction(counts[value] - 1, 2)) / others
        below += counts[value]
    return shares


def _standard_score(counts: Mapping[Fraction, int], parameters: Relative) -> dict[Fraction, Fraction]:
    number = sum(counts.values())
    mean = sum((value * count for value, count in counts.items()), Fraction(0)) / number
    variance = sum(((value - mean) ** 2 * count for value, count in counts.items()), Fraction(0)) / number
    # Differences beyond the 30th place are no spread either.
    deviation = square_root(variance)
    if deviation == 0:
        return dict.fromkeys(counts, Fraction(1 if parameters.better == "higher" else 0))
    limit = parameters.limit
    scores = {value: max(-limit, min(rounded((value - mean) / deviation, 30), limit)) for value in counts}
    return {value: (score + limit) / (2 * limit) for value, score in scores.items()}


_METHODS: Mapping[str, Callable[[Mapping[Fraction, int], Relative], dict[Fraction, Fraction]]] = {
    "min_max": _min_max,
    "percentile": _percentile,
    "z": _standard_score,
}

CURVE = Curve(
    "relative",
    "相对得分",
    Relative,
    judge,
    title_en="compared with others",
    source="统计通行方法；极值法见联合国开发计划署《人类发展报告》技术说明",
)
