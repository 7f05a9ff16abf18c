"""Marks 评分: what people judge, one row a judge in the table `marks`."""

from duban import Aggregate, Better, Measure, Parameter

from .common import PRACTICE

# The name of the item in the table; there is no sensible default.
_CRITERION = {"criterion": Parameter(str, title="评分项")}

MEASURES = (
    Measure(
        id="mark",
        title="评分平均分",
        title_en="Mean mark",
        table="marks",
        count="criterion = :criterion",
        value="mark",
        aggregate=Aggregate.MEAN,
        parameters=_CRITERION,
        unit="分",
        source=PRACTICE,
    ),
    # The same table where a checker writes down how many faults were found, or how many elements are missing.
    Measure(
        id="faults",
        title="检查发现的问题数",
        title_en="Faults found",
        table="marks",
        count="criterion = :criterion",
        value="mark",
        aggregate=Aggregate.MEAN,
        better=Better.LOWER,
        parameters=_CRITERION,
        unit="处",
        source=PRACTICE,
    ),
)
