"""Laws that any rules should keep, held against made-up departments until one breaks them, as small as it can be."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import NoSuchExample
from hypothesis.internal.conjecture.providers import HypothesisProvider
from sqlglot import exp

from duban.documents import KeyPath
from duban.errors import DubanError
from duban.evaluating import Judgement, evaluate
from duban.plan import Plan

from .cells import tree_of
from .course import unwatched
from .deciding import name_texts
from .departments import Departments, Stated, Step, stated
from .lint import Lint
from .parts import parts
from .ranges import Known
from .showing import Shown, id_of

_FIRST, _SECOND = "甲局", "乙局"
# Together so many circles are tried; of those one measure gets no fewer than these.
MOST_TRIED, FEWEST_EACH, USUAL_SIZE = 240, 12, 40
# Loading a large plan takes its time already, and the lints have tried each of its curves.
MOST_TRIED_IN_PARTS = 100
# Whoever has so many broken laws to look at has enough to do.
MOST_TOLD = 5
Circle = Mapping[str, Stated]
_DRAWN = "_maybe_draw_constant"


class Case(NamedTuple):
    """Two departments that are alike but for one step, and the step."""

    facts: Stated
    step: Step

    @property
    def circle(self) -> Circle:
        """The department before the step and the one after it, as an example states them."""
        return {
            _FIRST: {**self.facts, self.step.key: self.step.before},
            _SECOND: {**self.facts, self.step.key: self.step.after},
        }


@contextmanager
def _by_itself() -> Iterator[None]:
    """Let Hypothesis go by the rules alone.

    It also draws numbers that it reads in the sources of other modules, so that it would find something else beside other
    modules, and it keeps them in a folder where duban is run.
    """
    drawn = getattr(HypothesisProvider, _DRAWN, None)
    with TemporaryDirectory(prefix="duban-") as folder:
        set_hypothesis_home_dir(folder)
        setattr(HypothesisProvider, _DRAWN, lambda *_, **__: None)
        try:
            yield
        finally:
            setattr(HypothesisProvider, _DRAWN, drawn)
            set_hypothesis_home_dir(None)


@_by_itself()
def broken_laws(
    plan: Plan, known: Known, cliff: Fraction | None, skip: Collection[str]
) -> tuple[list[Lint], int]:
    """Return what breaks a law, and how many circles of departments were tried.

    `skip` names measures that are known to run the other way. A large plan is looked at part by part.
    """
    # The lints have tried each curve.
    plan = replace(plan, criteria=[unwatched(item) for item in plan.criteria])
    pieces = parts(plan)
    most = MOST_TRIED if len(pieces) == 1 else MOST_TRIED_IN_PARTS // len(pieces)
    held = [Laws(piece, known, cliff, most) for piece in pieces]
    lints = [*held[0].runs(), *held[0].names(), *held[0].named()]
    lints += [lint for laws in held for lint in laws.better(skip)]
    if len(pieces) == 1 or cliff is not None:
        held.append(Laws(plan, known, cliff))
        lints += held[-1].cliffs()
    return lints, sum(laws.tried for laws in held)


class Laws:
    """Holds one plan to the laws; `tried` counts the circles of departments that were judged, `most` about how many may be."""

    def __init__(self, plan: Plan, known: Known, cliff: Fraction | None, most: int = MOST_TRIED) -> None:
        self._plan, self._cliff, self._most = plan, cliff, most
        self._departments = Departments(plan, known)
        self._name_texts = list(name_texts(plan))
        self.tried = 0

    def _examples(self, searches: float) -> int:
        """Return how many circles one of several searches may try; those of many criteria take longer."""
        size = max(len(self._plan.criteria), USUAL_SIZE)
        return max(int(self._most * USUAL_SIZE / size / max(searches, 1)), 3)

    def runs(self) -> Iterator[Lint]:
        """Return departments that cannot be judged."""
        found = self._find(self._departments.facts().map(lambda facts: {_FIRST: facts}), self._fails, 8)
        if found is not None:
            reason = self._failure(found)
            path: KeyPath = ("groups",) if reason is not None and "group" in reason.code else ()
            facts = {"reason": reason.what() if reason is not None else ""}
            yield Lint("law_runs", path, facts, Shown("law_runs", found, {_FIRST: {"status": "ranked"}}))

    def _fails(self, circle: Circle) -> bool:
        return self._failure(circle) is not None

    def _failure(self, circle: Circle) -> DubanError | None:
        try:
            self._evaluated(circle)
        except DubanError as error:
            return error
        return None

    def names(self) -> Iterator[Lint]:
        """Return two departments that differ in their ids alone and fare otherwise, with no text that asks for names."""
        twins = self._twins(_FIRST)
        found = self._find(twins, self._names_matter, 8) if not self._name_texts else None
        if found is not None:
            yield Lint("law_names", (), {}, Shown("law_names", found, self._results(found)))

    def named(self) -> Iterator[Lint]:
        """Return two departments that differ in their names alone and fare otherwise, for each text that asks for them."""
        for path, text in self._name_texts:
            twins = st.one_of([self._twins(word) for word in _words_of(text)])
            found = self._find(twins, self._names_matter, 8)
            if found is not None:
                example = Shown(id_of("name_decides", path), found, self._results(found))
                yield Lint("name_decides", path, {"text": text}, example)

    def _twins(self, name: str) -> st.SearchStrategy[Circle]:
        return self._departments.facts().map(lambda facts: {name: facts, _SECOND: facts})

    def _names_matter(self, circle: Circle) -> bool:
        try:
            first, second = self._results(circle).values()
        except DubanError:
            return False
        return first != second

    def _results(self, circle: Circle) -> Mapping[str, Mapping[str, Any]]:
        """Return total, rank, grade and lists by name."""
        names, judged = self._evaluated(circle)
        return {
            name: {
                "total": judged.totals.total[index],
                "rank": judged.places[index].rank,
                "grade": judged.totals.grades[index],
                "selected": [id for id, choices in judged.lists.items() if choices[index].chosen],
            }
            for index, name in enumerate(names)
        }

    def better(self, skip: Collection[str]) -> Iterator[Lint]:
        """Return better facts that lower the total; measures in `skip` are known to run the other way."""
        keys = [key for key in self._departments.keys if key not in skip and self._plan.has_points]
        yield from self._searched("law_better", keys, self._falls)

    def _falls(self, case: Case) -> bool:
        move = self._move(case)
        return move is not None and move < 0

    def _searched(self, code: str, keys: Sequence[str], breaks: Callable[[Case], bool]) -> Iterator[Lint]:
        """Return a lint for each measure, or handful of them, with which a law was found broken."""
        told = 0
        for bucket in self._buckets(keys):
            found = self._find(self._cases(bucket, code == "law_cliff"), breaks, len(keys) / len(bucket))
            if found is not None and told < MOST_TOLD:
                yield self._told(code, found)
                told += 1

    def _buckets(self, keys: Sequence[str]) -> list[Sequence[str]]:
        """Return the measures, several together where there are too many to look at each."""
        number = max(self._examples(1) // FEWEST_EACH, 1)
        size = -(-len(keys) // number) or 1
        return [keys[start : start + size] for start in range(0, len(keys), size)]

    def _cases(self, keys: Sequence[str], small: bool) -> st.SearchStrategy[Case]:
        facts = self._departments.facts(complete=small)

        @cache
        def case(key: str) -> st.SearchStrategy[Case]:
            return st.builds(Case, facts, st.sampled_from(self._departments.steps(key, small=small)))

        return st.sampled_from(keys).flatmap(case)

    def _move(self, case: Case) -> Fraction | None:
        """Return by how much the better department is ahead; None where they are not judged alike."""
        ahead = self._ahead(case.circle)
        if ahead and self._name_texts:
            behind = self._ahead(_exchanged(case.circle))
            return ahead if behind == -ahead else None
        return ahead

    def _ahead(self, circle: Circle) -> Fraction | None:
        """Return by how much the second department is ahead of the first; None in two groups, or without a total."""
        try:
            names, judged = self._evaluated(circle)
        except DubanError:
            return None
        totals = dict(zip(names, judged.totals.total, strict=True))
        first, second = totals[_FIRST], totals[_SECOND]
        if first is None or second is None or judged.groups[0] != judged.groups[1]:
            return None
        return second - first

    def cliffs(self) -> Iterator[Lint]:
        """Return what one case moves beyond the limit; without a limit the largest move of whoever does well else."""
        limit = self._cliff
        if not self._plan.has_points:
            return
        if limit is not None:
            yield from self._searched("law_cliff", self._departments.keys, partial(self._jumps, limit))
            return
        best, keys = self._departments.best(), self._departments.keys
        steps = [step for key in keys for step in self._departments.steps(key, small=True)]
        cases = [Case(best, step) for step in steps[: self._examples(1)]]
        moves = [abs(self._move(case) or Fraction(0)) for case in cases]
        if any(moves):
            yield self._told("largest_cliff", cases[moves.index(max(moves))])

    def _jumps(self, limit: Fraction, case: Case) -> bool:
        move = self._move(case)
        return move is not None and abs(move) > limit

    def _told(self, code: str, case: Case) -> Lint:
        results = self._results(case.circle)
        totals = {name: {"total": results[name]["total"]} for name in (_FIRST, _SECOND)}
        before, after = (totals[name]["total"] for name in (_FIRST, _SECOND))
        facts = {
            "measure": case.step.key,
            "before": _shown(case.step.before),
            "after": _shown(case.step.after),
        }
        numbers = {"more": before, "fewer": after, "move": abs(after - before), "limit": self._cliff}
        path = self._place(case.step.key)
        example = None if code == "largest_cliff" else Shown(id_of(code, path), case.circle, totals)
        return Lint(code, path, {**facts, **numbers}, example)

    def _place(self, key: str) -> KeyPath:
        """Return the first rule that uses a measure."""
        for section, items in (("criteria", self._plan.criteria), ("adjustments", self._plan.adjustments)):
            for item in items:
                if item.use is not None and item.use.key == key:
                    return (section, item.id)
        for gate in self._plan.gates:
            if key in gate.condition.names:
                return ("gates", gate.id)
        return ()

    def _evaluated(self, circle: Circle) -> tuple[list[str], Judgement]:
        self.tried += 1
        made = stated(self._plan, circle)
        return [item.name for item in made.departments], evaluate(self._plan, made.departments, made.figures)

    def _find(self, strategy: Any, breaks: Callable[[Any], bool], searches: float) -> Any:
        """Return the smallest that breaks a law, None where none was found."""
        rules = settings(
            max_examples=self._examples(searches),
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        try:
            return find(strategy, breaks, settings=rules)
        except NoSuchExample:
            return None


def _words_of(text: str) -> Sequence[str]:
    """Return the words of a text, without the signs of a pattern: one of them is a name."""
    literals = tree_of(text).find_all(exp.Literal)
    words = [part.name.strip("%") for part in literals if part.is_string]
    return [word for word in dict.fromkeys([*words, _FIRST]) if word not in ("", _SECOND)]


def _exchanged(two: Circle) -> Circle:
    """Return what is stated of two departments under each other's name."""
    return dict(zip(two, [*two.values()][::-1], strict=True))


def _shown(value: Any) -> object:
    return value["value"] if isinstance(value, Mapping) else value
