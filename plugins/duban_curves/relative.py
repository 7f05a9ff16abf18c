"""Points by comparison with the other departments: between the extremes, by percentile, or by standard score."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from duban import Curve, Exact, Judged, Parameters, Speech, Subject, plain, rounded, square_root

if TYPE_CHECKING:
    from .arrays import Floats, Names


class Relative(Parameters):
    """Compared `within` the group or all departments; where nobody differs, everybody has full points.

    `min_max`: the position between the worst and the best value. `percentile`: the share of the other departments
    that are worse, equal ones counting half. `z`: the standard score (of the population), clamped to ±`limit` and
    mapped linearly, so that the mean has half the points.
    """

    method: Literal["min_max", "percentile", "z"] = Field(
        default="min_max", description="min_max 最差为零、最好为满，percentile 百分位，z 标准分"
    )
    within: Literal["group", "all"] = Field(default="group", description="group 组内比，all 全体比")
    better: Literal["higher", "lower"] = Field(
        default="higher", description="higher 越高越好，lower 越低越好"
    )
    limit: Exact = Field(default=Fraction(3), description="只用于 z：标准分截到正负多少")

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


def many(values: "Floats", groups: "Names", full: float, parameters: Relative) -> "Floats":
    """Return the points of draws x departments, in floats."""
    # numpy takes a while to load, and most commands draw nothing.
    import numpy as np

    from .arrays import compared

    names = sorted(set(groups.tolist())) if parameters.within == "group" else []
    circles = [np.flatnonzero(groups == name) for name in names] or [np.arange(len(groups))]
    shares = compared(values, circles, parameters.method, float(parameters.limit))
    turned = 1.0 - shares if parameters.better == "lower" else shares
    return full * np.where(np.isnan(turned), 1.0, turned)


def words(parameters: Relative, full: Fraction, speech: Speech) -> str:
    """Return the rule as a sentence."""
    group, low = parameters.within == "group", parameters.better == "lower"
    facts = {
        "within": speech.say("同组单位", "its group") if group else speech.say("全部单位", "all departments"),
        "best": speech.say("最低", "lowest") if low else speech.say("最高", "highest"),
        "worst": speech.say("最高", "highest") if low else speech.say("最低", "lowest"),
        "limit": plain(parameters.limit),
    }
    return speech.say(*_WORDS[parameters.method], **facts)


_WORDS: Mapping[str, tuple[str, str]] = {
    "min_max": (
        "与{within}比较：{best}的得满分，{worst}的不得分，中间按比例",
        "compared with {within}: full points for the {best}, none for the {worst}, between them in proportion",
    ),
    "percentile": (
        "与{within}比较：按不如本单位的单位所占的比例得分，{best}的在前",
        "compared with {within}: the share of the other departments that are worse, the {best} being best",
    ),
    "z": (
        "与{within}比较：按标准分得分（限于 ±{limit}），平均数得一半，{best}的在前",
        "compared with {within}: the standard score (within ±{limit}), half for the mean, the {best} being best",
    ),
}


def worked(
    subject: Subject, subjects: Sequence[Subject], full: Fraction, parameters: Relative, speech: Speech
) -> str:
    """Return how a department came to its points, and with whom it was compared."""
    circle = [one for one in subjects if _circle(one, parameters) == _circle(subject, parameters)]
    best_first = sorted(circle, key=lambda one: (one.value, one.name), reverse=parameters.better == "higher")
    shown = [f"{one.name} {speech.value(one.value)}".strip() for one in best_first[:SHOWN]]
    facts = {
        "number": len(circle),
        "named": speech.say("、", ", ").join(shown) + (" …" if len(circle) > SHOWN else ""),
        "how": _how(subject.value, [one.value for one in circle], full, parameters, speech),
    }
    zh = "同比的 {number} 个单位：{named}。{how}"
    return speech.say(zh, "compared among {number}: {named}. {how}", **facts)


def _how(
    value: Fraction, values: Sequence[Fraction], full: Fraction, parameters: Relative, speech: Speech
) -> str:
    points = Fraction(_judge_circle(values, full, parameters)[value].points)
    if min(values) == max(values):
        return speech.say("各单位相同，都得满分 {full}", "all are equal: the full {full}", full=plain(full))
    return _ARITHMETIC[parameters.method](value, values, full, points, parameters, speech)


def _of_extremes(
    value: Fraction,
    values: Sequence[Fraction],
    full: Fraction,
    points: Fraction,
    parameters: Relative,
    speech: Speech,
) -> str:
    low, high, at = (speech.number(one) for one in (min(values), max(values), value))
    part = f"{high} − {at}" if parameters.better == "lower" else f"{at} − {low}"
    return speech.equation(f"{plain(full)} × ({part}) ÷ ({high} − {low})", points)


def _of_the_others(
    value: Fraction,
    values: Sequence[Fraction],
    full: Fraction,
    points: Fraction,
    parameters: Relative,
    speech: Speech,
) -> str:
    lower = parameters.better == "lower"
    worse = sum(one > value if lower else one < value for one in values)
    same = sum(one == value for one in values) - 1
    left = f"{plain(full)} × ({worse} + 0.5 × {same}) ÷ {len(values) - 1}"
    facts = {"worse": worse, "same": same, "sum": speech.equation(left, points)}
    zh, en = "{worse} 个不如本单位，{same} 个相同：{sum}", "{worse} are worse, {same} are equal: {sum}"
    return speech.say(zh, en, **facts)


def _of_the_score(
    value: Fraction,
    values: Sequence[Fraction],
    full: Fraction,
    points: Fraction,
    parameters: Relative,
    speech: Speech,
) -> str:
    mean = sum(values, Fraction(0)) / len(values)
    limit = parameters.limit
    score = (points / full if full else Fraction(1, 2)) * 2 * limit - limit
    facts = {
        "mean": speech.value(mean),
        "score": plain(score, 4),
        "sum": speech.equation(
            f"{plain(full)} × ({plain(score, 4)} + {plain(limit)}) ÷ {plain(2 * limit)}", points
        ),
    }
    zh, en = "平均 {mean}，标准分 {score}：{sum}", "mean {mean}, standard score {score}: {sum}"
    return speech.say(zh, en, **facts)


_ARITHMETIC = {"min_max": _of_extremes, "percentile": _of_the_others, "z": _of_the_score}
SHOWN = 12


CURVE = Curve(
    "relative",
    "相对得分",
    Relative,
    judge,
    title_en="compared with others",
    source="统计通行方法；极值法见联合国开发计划署《人类发展报告》技术说明",
    words=words,
    worked=worked,
    many=many,
)
