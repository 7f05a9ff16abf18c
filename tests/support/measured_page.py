"""The figures of docs/measured.md, section by section, as the simulations give them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from covering import COUNTS, SILENT, Coverage, coverage_of_everybody_asked, coverage_of_rates
from simulating import (
    FEW,
    RANGES,
    SPREADS,
    VOLUMES,
    Alarms,
    Right,
    alarms,
    false_alarms,
    rightness,
    rules,
    verdicts_of_influence,
)

from duban.certainty.certainty import Verdict
from duban.testing.twins import MANIPULATIONS

YEARS, DRAWS = 60, 1_000
INFLUENCE_YEARS = 40
PLANTED_YEARS, HONEST_YEARS, MOST_ON_THE_LAST_DAY = 27, 40, 40
PARTS = (Fraction(1), Fraction(3, 5))


@dataclass(frozen=True)
class Measured:
    """Everything that is measured; each part when it is first asked for."""

    @cached_property
    def rates(self) -> Mapping[int, Coverage]:
        """The coverage of the interval of a rate, by the number of cases."""
        return {count: coverage_of_rates(count) for count in COUNTS}

    @cached_property
    def asked(self) -> Mapping[tuple[int, int], Coverage]:
        """The coverage of the interval had everybody been asked, by the numbers of rated and silent cases."""
        return {pair: coverage_of_everybody_asked(*pair) for pair in SILENT}

    @cached_property
    def verdicts(self) -> Mapping[tuple[str, tuple[int, int]], Mapping[Verdict, Right]]:
        """How many verdicts are true, by the numbers of cases and the range of the rates."""
        return {
            (name, between): rightness(volumes, *between, YEARS, DRAWS)
            for name, volumes in VOLUMES.items()
            for between in RANGES
        }

    @cached_property
    def influence(self) -> Mapping[tuple[str, str], Sequence[Sequence[str]]]:
        """What is said of the four criteria, year by year, by what was planted in the first and the numbers of cases."""
        return {
            (kind, name): [verdicts_of_influence(kind, volumes, seed) for seed in range(INFLUENCE_YEARS)]
            for kind in SPREADS
            for name, volumes in VOLUMES.items()
        }

    @cached_property
    def alarms(self) -> Mapping[Fraction, Mapping[str, Alarms]]:
        """What the checks say where something is planted, by the part of the cases."""
        return {part: alarms(part, PLANTED_YEARS) for part in PARTS}

    @cached_property
    def honest(self) -> Mapping[str, int]:
        """What the checks say where nothing is."""
        return false_alarms(HONEST_YEARS, MOST_ON_THE_LAST_DAY)


def total(found: Iterator[Right]) -> Right:
    """Return the sum of several."""
    rights = list(found)
    return Right(sum(item.given for item in rights), sum(item.right for item in rights))


def page(measured: Measured) -> str:
    """Return what stands below the mark of the page."""
    return "\n".join([*_intervals(measured), *_verdicts(measured), *_influence(measured), *_alarms(measured)])


def numpy_line() -> str:
    """Return the line that says which numpy drew the verdicts."""
    return f"numpy {'.'.join(np.__version__.split('.')[:2])}"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _head(*cells: str) -> list[str]:
    return [_row(*cells), _row(*("---" for _ in cells))]


def _percent(part: float, places: int = 1) -> str:
    return f"{100 * part:.{places}f}%"


def _share(found: Right) -> str:
    return f"{_percent(found.right / found.given)}（{found.right}/{found.given}）" if found.given else "—"


def _intervals(measured: Measured) -> Iterator[str]:
    yield from ("## 区间 / Intervals", "")
    yield from _head("件数 cases", "平均 mean", "最低 least", "最低处的比率 at a rate of")
    means = [item.mean for item in measured.rates.values()]
    for count, item in measured.rates.items():
        yield _row(count, _percent(item.mean), _percent(item.least), _percent(float(item.at)))
    least = min(item.least for item in measured.rates.values())
    yield _row("全部 all", _percent(sum(means) / len(means)), _percent(least), "")
    yield from ("", *_head("评了的 + 没评的 rated + silent", "平均 mean", "最低 least"))
    for (rated, silent), item in measured.asked.items():
        yield _row(f"{rated} + {silent}", _percent(item.mean), _percent(item.least))
    yield ""


def _verdicts(measured: Measured) -> Iterator[str]:
    yield from ("## 结论 / Verdicts", "", f"{numpy_line()}", "")
    kinds = (Verdict.FIRMLY_IN, Verdict.FIRMLY_OUT)
    yield from _head(
        "件数 cases", "真实比率 true rates", "稳定入选 firmly in", "稳定落选 firmly out", "未定 undecided"
    )
    found = measured.verdicts
    for (name, (low, high)), cell in found.items():
        everybody = sum(item.given for item in cell.values())
        undecided = _percent(cell[Verdict.UNDECIDED].given / everybody, 0)
        yield _row(name, f"{low}%–{high}%", *(_share(cell[kind]) for kind in kinds), undecided)
    for name in VOLUMES:
        sums = [total(cell[kind] for (volume, _), cell in found.items() if volume == name) for kind in kinds]
        yield _row(name, "全部 all", *map(_share, sums), "")
    for between in RANGES:
        sums = [total(cell[kind] for (_, one), cell in found.items() if one == between) for kind in kinds]
        yield _row("全部 all", f"{between[0]}%–{between[1]}%", *map(_share, sums), "")
    yield _row(
        "全部 all", "全部 all", *(_share(total(cell[kind] for cell in found.values())) for kind in kinds), ""
    )
    yield ""


def _influence(measured: Measured) -> Iterator[str]:
    yield from ("## 评分项 / Criteria", "")
    yield from _head(
        "件数 cases",
        "人人满分的找到 dead found",
        "一项独大的找到 dominant found",
        "均衡的误报 false on balanced",
    )
    for name in VOLUMES:
        dead = sum(said[0] == "nothing" for said in measured.influence["dead", name])
        dominant = sum(said[0] == "nearly_everything" for said in measured.influence["dominant", name])
        false = sum(word != "" for said in measured.influence["balanced", name] for word in said)
        years = INFLUENCE_YEARS
        yield _row(name, f"{dead}/{years}", f"{dominant}/{years}", f"{false}/{4 * years}")
    yield ""


def _alarms(measured: Measured) -> Iterator[str]:
    yield from ("## 编造的数据 / Figures that were made up", "")
    checks, everybody = rules().registry.checks, HONEST_YEARS * len(VOLUMES["5–70"])
    yield from _head(
        "检查 check",
        *(
            f"{_percent(float(part), 0)} 的件：{size}"
            for part in PARTS
            for size in (f"{FEW} 件以上 above {FEW}", f"{FEW} 件以下 up to {FEW}")
        ),
        "旁人误报 false beside them",
        "全都诚实时误报 false among the honest",
    )
    for name in MANIPULATIONS:
        cells = []
        for part in PARTS:
            one = measured.alarms[part][name]
            cells += [f"{one.told}/{one.planted}", f"{one.few_told}/{one.few_planted}"]
        beside = [measured.alarms[part][name] for part in PARTS]
        false = f"{sum(one.false for one in beside)}/{sum(one.honest for one in beside)}"
        yield _row(checks[name].title.zh, *cells, false, f"{measured.honest[name]}/{everybody}")
    yield ""
