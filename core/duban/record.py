"""A finished run: its tables as pandas frames with exact numbers, and what it was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .items import Item
from .report import Report
from .ruleset import Ruleset
from .texts import Language
from .visibility import Edition

if TYPE_CHECKING:
    import pandas as pd

    from .certainty.certainty import Certainty
    from .certainty.tables import Qualified
    from .describing.standards import Standard
    from .earlier import EarlierRun
    from .evaluating import Evaluated
    from .explaining.explanations import Explanations
    from .objecting import Clock

# Above that many counted cases no spreadsheet opens the list of cases: it is made on request, for programs.
LARGEST_LEDGER = 100_000


@dataclass(frozen=True, eq=False)
class Run:
    """What `duban run` leaves. Numbers in the frames are `Fraction` or int, None where there is none.

    `cases` is None where it was not asked for, `conversions` where the ruleset has none; `case_count` is the number of
    counted cases. `evaluated` is what the frames were made from, None in a run put together by hand. `items` are all
    rows that measures count, None where the ledger is too large to keep them. `explanations` say why each department
    stands where it stands. `manifest` names what the numbers rest on: hashes, versions, choices. `out` is the folder that was written, None where nothing was.
    """

    title: str
    ruleset: Ruleset
    as_of: date
    language: Language
    ranking: "pd.DataFrame"
    selections: "pd.DataFrame"
    criteria: "pd.DataFrame"
    dimensions: "pd.DataFrame"
    measures: "pd.DataFrame"
    two_stage: "pd.DataFrame"
    adjustments: "pd.DataFrame"
    cases: "pd.DataFrame | None"
    findings: "pd.DataFrame"
    manifest: Mapping[str, Any]
    conversions: "pd.DataFrame | None" = None
    case_count: int = 0
    evaluated: "Evaluated | None" = None
    items: Sequence[Item] | None = None
    explanations: "Explanations | None" = None
    # How sure ranks and lists are; drawn when it is first asked for, None where nothing is to be drawn.
    certainty: "Certainty | None" = None
    # What each criterion asks for, in words, by its id.
    standards: "Mapping[str, Standard]" = field(default_factory=dict)
    # What is to be known of rates, silence and criteria.
    qualified: "Qualified | None" = None
    # What the office says of itself in its documents.
    report: Report = field(default_factory=Report)
    # The rankings of earlier years that `report` names, oldest first.
    earlier: "tuple[EarlierRun, ...]" = ()
    # By when departments may object; None in a run put together by hand.
    clock: "Clock | None" = None
    # For whom the files are, and what a public edition left out, in sentences.
    edition: Edition = Edition.INTERNAL
    withheld: tuple[str, ...] = ()
    out: Path | None = None

    @property
    def is_large(self) -> bool:
        """Whether the ledger is too large for a list of cases in a spreadsheet."""
        return self.case_count > LARGEST_LEDGER

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Return the tables that were made, by the name of their file, in the order in which they are read."""
        names = (
            "ranking",
            "selections",
            "criteria",
            "measures",
            "two_stage",
            "adjustments",
            "conversions",
            "cases",
            "findings",
        )
        made = {name: getattr(self, name) for name in names}
        if self.certainty is not None:
            made |= {"certainty": self.certainty.frame.copy(), "weights": self.certainty.weights_frame.copy()}
        if self.qualified is not None:
            made |= {name: frame.copy() for name, frame in self.qualified.tables.items()}
        return {name: frame for name, frame in made.items() if frame is not None}
