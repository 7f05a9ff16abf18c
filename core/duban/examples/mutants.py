"""Runs the examples against each small change of the rules, and names the changes that no example notices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from duban.errors import DubanError
from duban.evaluating import evaluate
from duban.formulas import work_out
from duban.plan import MeasureUse, Plan
from duban.results import Department, Figures
from duban.ruleset import Ruleset

from .comparing import Judged, differences
from .models import Example
from .mutations import Mutation, mutations
from .opening import Rules, Suite
from .running import Outcome
from .stating import stated_facts
from .tabling import measured_rows

# Changes here only make measures count otherwise; what else is counted rests on the rows as read.
_MEASURED = ("criteria", "adjustments", "measures", "sheets")


@dataclass(frozen=True)
class Mutant:
    """One change that makes rules that hold, and the id of the example that notices it, None where none does."""

    mutation: Mutation
    rules: Rules
    noticed_by: str | None


@dataclass(frozen=True)
class Measured:
    """The departments and figures of an example with tables; they may hold more uses than the rules have."""

    departments: Sequence[Department]
    figures: Figures
    findings: frozenset[str]


def run_mutants(rules: Rules, suite: Suite, outcomes: Sequence[Outcome]) -> list[Mutant]:
    """Return every mutant of the rules with the example that notices it; the examples must have passed."""
    made = list(_viable(rules))
    measuring = [item for mutation, item in made if mutation.is_of_data and mutation.path[0] in _MEASURED]
    tables = _Tables(rules, suite, outcomes, measuring)
    return [
        Mutant(mutation, changed, _noticing(mutation, changed, suite, tables)) for mutation, changed in made
    ]


def _viable(rules: Rules) -> Iterator[tuple[Mutation, Rules]]:
    """Return the changes that make rules that can be resolved."""
    for mutation in mutations(rules.loaded.ruleset, rules.plan(), rules.registry):
        try:
            changed = rules.changed(Ruleset.model_validate(mutation.data))
            changed.plan()
        except (DubanError, ValueError):
            continue
        yield mutation, changed


def _noticing(mutation: Mutation, changed: Rules, suite: Suite, tables: "_Tables") -> str | None:
    examples = list(suite.examples.items())
    if mutation.is_of_data:
        # To measure takes long: the example with most rows shows most.
        with_rows = [item for item in examples if item[1].tables]
        examples = sorted(with_rows, key=lambda item: -sum(map(len, item[1].tables.values())))
    noticing = (id for id, example in examples if _notices(mutation, changed, suite, id, example, tables))
    return next(noticing, None)


def _notices(
    mutation: Mutation, changed: Rules, suite: Suite, id: str, example: Example, tables: "_Tables"
) -> bool:
    """Return whether an example fails; rules that lack what it names, or cannot judge it, are noticed too."""
    codes = frozenset[str]()
    try:
        plan = changed.plan(example.period)
        if example.facts:
            stated = stated_facts(plan, suite, id, example)
            departments, figures = stated.departments, stated.figures
        else:
            found = tables.measured(mutation, changed, id, plan)
            if found is None:
                return True
            departments, figures, codes = list(found.departments), found.figures, found.findings
        judged = Judged(plan, departments, figures, evaluate(plan, departments, figures), codes)
        return bool(differences(example, judged))
    except (DubanError, LookupError):
        return True


class _Tables:
    """Measures the rows of examples as seldom as possible: once for all mutants that only measure otherwise."""

    def __init__(
        self, rules: Rules, suite: Suite, outcomes: Sequence[Outcome], changed: Sequence[Rules]
    ) -> None:
        self._rules, self._suite, self._changed = rules, suite, changed
        self._known = {
            item.id: Measured(item.judged.departments, item.judged.figures, item.judged.findings)
            for item in outcomes
            if item.judged is not None and item.example.tables
        }
        self._all: dict[str, Measured | None] = {}

    def measured(self, mutation: Mutation, changed: Rules, id: str, plan: Plan) -> Measured | None:
        """Return what the rows of an example come to under changed rules; None where findings stop them."""
        if not mutation.is_of_data:
            return self._known[id]
        found = self._with_all_uses(id) if mutation.path[0] in _MEASURED else None
        if found is None:
            return _measured(changed, plan, self._suite.examples[id])
        uses = [use for use in plan.uses.values() if use.formula is None]
        figures = {use.key: found.figures[_signature(use)] for use in uses}
        return replace(found, figures=work_out(plan, found.departments, figures))

    def _with_all_uses(self, id: str) -> Measured | None:
        """Return the figures of every use that a change makes, by signature; None where they cannot be had in one go."""
        if id not in self._all:
            example = self._suite.examples[id]
            plan = self._rules.plan(example.period)
            plans = [plan, *(item.plan(example.period) for item in self._changed)]
            uses = {
                signature: replace(use, key=signature)
                for item in plans
                for use in item.uses.values()
                if use.formula is None and (signature := _signature(use))
            }
            try:
                self._all[id] = _measured(self._rules, replace(plan, uses=uses), example)
            except DubanError:
                self._all[id] = None
        return self._all[id]


def _signature(use: MeasureUse) -> str:
    """Return what a use measures, in words: two uses of one key differ where the texts of the measure do."""
    texts = [clause.text if clause else "" for clause in (use.count, use.hit, use.value, use.where)]
    return repr((use.key, use.measure.table, use.measure.kind, use.measure.quantile, *texts))


def _measured(rules: Rules, plan: Plan, example: Example) -> Measured | None:
    facts = measured_rows(rules, plan, example)
    codes = frozenset(item.code for item in facts.findings)
    return None if facts.stopped else Measured(facts.departments, facts.figures, codes)
