"""The words of the field that code compares: one enumeration each, the same word in TOML, CSV and Python."""

from enum import StrEnum


class Status(StrEnum):
    """What is known of a measured value; a value is a number only when it is `MEASURED`."""

    MEASURED = "measured"
    TOO_FEW_CASES = "too_few_cases"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"
    FAILED = "failed"


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Action(StrEnum):
    """What a workspace does about a finding of one code."""

    STOP = "stop"
    EXCLUDE = "exclude"
    ACCEPT = "accept"


class Missing(StrEnum):
    """What a criterion without a measured value does to the points."""

    REDISTRIBUTE = "redistribute"
    ZERO = "zero"
    FULL = "full"
    GROUP_MEAN = "group_mean"
    NOT_RANKED = "not_ranked"


class Effect(StrEnum):
    """What a gate that holds does to a department, weakest first; `CAP` limits the total only."""

    CAP = "cap"
    NOT_SELECTABLE = "not_selectable"
    NOT_RANKED = "not_ranked"
    EXEMPT = "exempt"


class Standing(StrEnum):
    """Where a department stands in the ranking."""

    RANKED = "ranked"
    NOT_RANKED = "not_ranked"
    EXEMPT = "exempt"


class Better(StrEnum):
    """Which direction of a measure is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


class Aggregate(StrEnum):
    """How the rows of a department become one value."""

    SHARE = "share"
    NUMBER = "number"
    SUM = "sum"
    MEAN = "mean"
    QUANTILE = "quantile"
    # Not from rows at all: worked out from other measures.
    FORMULA = "formula"


class ColumnType(StrEnum):
    """The type of a column in the typed view."""

    TEXT = "text"
    DATE = "date"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    LABEL = "label"
    # A Parquet column of binary numbers: kept and shown, but no measure may add it up.
    FLOAT = "float"
