"""Volume 承办量: how many cases a department handled; for groups, steps and conditions."""

from duban import Measure

from .common import PRACTICE

MEASURES = (
    Measure(id="cases", title="承办件数", title_en="Cases", unit="件", source=PRACTICE),
    Measure(
        id="lead_cases",
        title="主办件数",
        title_en="Lead cases",
        count="role = 'lead'",
        unit="件",
        source=PRACTICE,
    ),
    Measure(
        id="co_cases",
        title="协办件数",
        title_en="Co-handled cases",
        count="role = 'co'",
        unit="件",
        source=PRACTICE,
    ),
    Measure(
        id="key_cases",
        title="重点督办件数",
        title_en="Key cases under special supervision",
        count="key_supervised",
        unit="件",
        source=PRACTICE,
    ),
)
