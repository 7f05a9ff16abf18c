"""Runs the examples of a ruleset, each on its own: what differs, and what could not be judged at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from duban.errors import DubanError, Problems, raise_all
from duban.evaluating import evaluate
from duban.findings import Finding
from duban.plan import Plan
from duban.terms import Severity
from duban.texts import Language

from .comparing import Difference, Judged, check_expectations, differences, unknown_departments
from .models import Example
from .opening import Rules, Suite
from .stating import stated_facts
from .tabling import check_tables, measured_rows


@dataclass(frozen=True)
class Outcome:
    """What became of one example: passed if nothing differs and nothing stopped it."""

    id: str
    example: Example
    judged: Judged | None = None
    differences: Sequence[Difference] = ()
    error: DubanError | None = None
    findings: Sequence[Finding] = ()

    @property
    def passed(self) -> bool:
        """Whether everything that the example expects came true."""
        return self.judged is not None and not self.differences


def run_suite(rules: Rules, suite: Suite, language: Language = "zh") -> list[Outcome]:
    """Return what became of each example, in the order of the file.

    Raises: RulesetError or Problems, for names in the examples that nobody knows.
    """
    plans = {id: rules.plan(example.period) for id, example in suite.examples.items()}
    check_names(rules, suite, plans)
    return [
        _outcome(rules, suite, plans[id], id, example, language) for id, example in suite.examples.items()
    ]


def check_names(rules: Rules, suite: Suite, plans: "dict[str, Plan]") -> None:
    """Check every name in the examples before any of them runs. Raises: RulesetError or Problems."""
    errors: list[DubanError] = []
    for id, example in suite.examples.items():
        errors += check_expectations(plans[id], suite, id, example)
        errors += _raised(lambda id=id, example=example: stated_facts(plans[id], suite, id, example))  # type: ignore[misc]
        errors += _raised(lambda id=id, example=example: check_tables(rules, plans[id], suite, id, example))  # type: ignore[misc]
    raise_all(sorted(errors, key=lambda error: error.at if isinstance(error.at, tuple) else ("",)))


def _raised(action: Callable[[], object]) -> Sequence[DubanError]:
    try:
        action()
    except Problems as problems:
        return problems.errors
    except DubanError as error:
        return [error]
    return []


def _outcome(
    rules: Rules, suite: Suite, plan: Plan, id: str, example: Example, language: Language
) -> Outcome:
    outcome, codes = Outcome(id, example), frozenset[str]()
    try:
        if example.facts:
            stated = stated_facts(plan, suite, id, example)
            departments, figures = stated.departments, stated.figures
        else:
            measured = measured_rows(rules, plan, example)
            if measured.stopped:
                return replace(outcome, findings=_grave(measured.findings))
            departments, figures = list(measured.departments), measured.figures
            codes = frozenset(item.code for item in measured.findings)
            raise_all(unknown_departments(suite, id, example, departments))
        judged = Judged(plan, departments, figures, evaluate(plan, departments, figures, language), codes)
    except DubanError as error:
        return replace(outcome, error=error)
    return replace(outcome, judged=judged, differences=differences(example, judged))


def _grave(findings: Sequence[Finding]) -> Sequence[Finding]:
    return [item for item in findings if item.severity is Severity.ERROR] or findings
