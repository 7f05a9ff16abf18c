"""Department text (`when`, `among`): parsed once, evaluated exactly over one department's facts."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import Position
from .results import Value
from .sql import Clause

# Looks a name up: an attribute, a measure's key, `points.<criterion>`, `total` …; None is unknown.
Facts = Callable[[str], Value]


@dataclass(frozen=True)
class Condition:
    """A condition over one department; `names` are the names it looks up (`lead_cases`, `points.on_time`)."""

    text: str
    at: Position | str
    owner: str
    names: frozenset[str]
    evaluate: Callable[[Facts], Value] = field(repr=False, compare=False)

    def holds(self, facts: Facts) -> bool:
        """Return whether the condition is true; unknown is not true."""
        return self.evaluate(facts) is True


def compile_condition(clause: Clause) -> Condition:
    """Return the condition of a text.

    Raises: MeasureError, where the text is not a condition over names, numbers, texts and booleans.
    """
    raise NotImplementedError
