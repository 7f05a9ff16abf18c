"""What is counted: the four dimensions of handling suggestions, the volume of cases, and marks that people give."""

from duban import Measure, hookimpl

from . import communication, marks, outcome, satisfaction, timeliness, volume


@hookimpl
def register_measures() -> list[Measure]:
    """One module a dimension; which roles count is the ruleset's business (`where`)."""
    modules = (timeliness, communication, satisfaction, outcome, volume, marks)
    return [measure for module in modules for measure in module.MEASURES]
