"""Every extension point, in the order in which data meets it.

A plugin is a package with functions of these names, marked `@hookimpl`, and an entry point in the group `duban`.
All hooks are called once, without arguments, before anything is read; what they return is checked and frozen.
The order of plugins changes nothing; two things with one id are an error.
"""

from collections.abc import Sequence
from typing import Protocol

import pluggy

from .measures import Measure
from .methods import Aggregator, Check, Curve, DataFolder, DerivedColumn, Reporter
from .tables import Table

hookspec = pluggy.HookspecMarker("duban")
hookimpl = pluggy.HookimplMarker("duban")


class HookSpecs(Protocol):
    """The hooks; each returns a list."""

    @hookspec
    def register_rulesets(self) -> Sequence[DataFolder]:
        """Rulesets by id; the folder holds `ruleset.toml`. Looked up by `ruleset = …` and `extends = …`."""
        ...

    @hookspec
    def register_samples(self) -> Sequence[DataFolder]:
        """Sample workspaces by id; `duban init --sample ID` copies the folder."""
        ...

    @hookspec
    def register_tables(self) -> Sequence[Table]:
        """Tables that a workspace may hold beside duban's own, each made from a `Row` by `table(…)`."""
        ...

    @hookspec
    def register_columns(self) -> Sequence[DerivedColumn]:
        """Columns worked out from the others of a row; only those that the rules use are computed."""
        ...

    @hookspec
    def register_checks(self) -> Sequence[Check]:
        """Checks of rows, run in one scan after reading; each row that offends is a finding."""
        ...

    @hookspec
    def register_measures(self) -> Sequence[Measure]:
        """Measures by id; those that the ruleset uses are counted together in one scan per table."""
        ...

    @hookspec
    def register_curves(self) -> Sequence[Curve]:
        """Curves by id; a criterion names one with `curve = { kind = … }`."""
        ...

    @hookspec
    def register_aggregators(self) -> Sequence[Aggregator]:
        """Aggregators by id; a dimension or the ruleset names one with `aggregate = …`."""
        ...

    @hookspec
    def register_reporters(self) -> Sequence[Reporter]:
        """Reporters by id; all of them write into the new output folder after the selection."""
        ...
