"""Everything that is noticed about a ruleset: the lints, and the laws that made-up departments break."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from duban.errors import Position
from duban.examples.opening import Rules, open_rules
from duban.loading import LoadedRuleset
from duban.terms import Severity

from .counting import counting_lints
from .curves import curve_lints
from .deciding import deciding_lints
from .fitting import Columns, check_fit, known_columns
from .lint import Lint
from .ranges import Known
from .sources import source_lints
from .weights import weight_lints

# What these tell of a measure, the law of better facts would tell again.
DIRECTIONS = ("against_direction", "adjustment_against_direction", "band_gap")


@dataclass(frozen=True)
class Report:
    """What was noticed, in the order of the file; `tried` is None where no laws were searched for."""

    loaded: LoadedRuleset
    lints: Sequence[Lint]
    tried: int | None = None

    def at(self, lint: Lint) -> Position:
        """Return where it stands."""
        return self.loaded.at(lint.path)

    def count(self, severity: Severity) -> int:
        """Return how many there are of a severity."""
        return sum(lint.severity is severity for lint in self.lints)

    @property
    def clean(self) -> bool:
        """Whether there is nothing but information."""
        return all(lint.severity is Severity.INFO for lint in self.lints)


def check_ruleset(name: str, *, laws: bool = True, cliff: Fraction | None = None) -> Report:
    """Load a ruleset by its id, file or folder, and look for what is wrong with it.

    `laws` says whether broken laws are searched for, `cliff` the most points that one case may move.

    Raises: DubanError, where it cannot be loaded.
    """
    rules = open_rules(name)
    plan, columns = rules.plan(), known_columns(rules)
    check_fit(rules, columns)
    known = Known(plan)
    lints, tried = static_lints(rules, known, columns), None
    if laws:
        # Takes a moment to import.
        from .laws import broken_laws

        skip = {str(lint.facts["use"]) for lint in lints if lint.code in DIRECTIONS}
        broken, tried = broken_laws(plan, known, cliff, skip)
        lints += broken
    return Report(rules.loaded, in_file(rules.loaded, lints), tried)


def static_lints(rules: Rules, known: Known, columns: Columns) -> list[Lint]:
    """Return what shows without any department."""
    plan = rules.plan()
    return [
        *weight_lints(plan),
        *curve_lints(plan, known),
        *counting_lints(plan, columns),
        *deciding_lints(plan, known),
        *source_lints(plan, rules.registry, columns),
    ]


def in_file(loaded: LoadedRuleset, lints: Sequence[Lint]) -> list[Lint]:
    """Return lints the gravest first, then in the order of the files; each once."""
    gravity = list(Severity)
    unique = {(lint.code, lint.path): lint for lint in lints}

    def place(lint: Lint) -> tuple[int, str, int, int, str]:
        at = loaded.at(lint.path)
        return gravity.index(lint.severity), at.file, at.line or 0, at.column or 0, lint.code

    return sorted(unique.values(), key=place)
