"""Marks 评分: what people judge, one row a judge in the table `marks`."""

from duban import Aggregate, Measure, Parameter

from .common import PRACTICE

MEASURES = (
    Measure(
        id="mark",
        title="评分平均分",
        title_en="Mean mark",
        table="marks",
        count="criterion = :criterion",
        value="mark",
        aggregate=Aggregate.MEAN,
        # The name of the item in the table; there is no sensible default.
        parameters={"criterion": Parameter(str, title="评分项")},
        unit="分",
        source=PRACTICE,
    ),
)
