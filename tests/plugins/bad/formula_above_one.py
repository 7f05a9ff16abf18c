"""A ratio without a unit that is not always a share."""

from duban import Measure, hookimpl

EXPECTED = "rate_out_of_range"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="key_to_lead",
            title="重点件与主办件之比",
            title_en="Key cases to lead cases",
            formula="key_cases / lead_cases",
            source="测试",
        )
    ]
