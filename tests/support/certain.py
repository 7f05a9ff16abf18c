"""What the arrays say of worlds in which everything is as it was measured, held against the exact engine."""

import numpy as np

from duban.certainty.judge import Outcome
from duban.certainty.standing import UNRANKED
from duban.evaluating import Judgement


def assert_same(outcome: Outcome, exact: Judgement) -> None:
    """Check totals, ranks and lists of every world against the exact ones."""
    totals = [np.nan if total is None else float(total) for total in exact.totals.total]
    ranks = [UNRANKED if place.rank is None else place.rank for place in exact.places]
    for row in range(len(outcome.ranks)):
        np.testing.assert_allclose(outcome.totals[row], totals, rtol=0, atol=1e-9, equal_nan=True)
        assert outcome.ranks[row].tolist() == ranks
        for name, choices in exact.lists.items():
            assert outcome.lists[name][row].tolist() == [choice.chosen for choice in choices]
