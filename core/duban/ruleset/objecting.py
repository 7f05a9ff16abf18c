"""How a department may object to what was found: within how many days, and by when that is decided."""

from typing import Self

from pydantic import Field, model_validator

from .base import Count, Rule, Texts


class Objections(Rule):
    """The clock of objections: days or working days, counted from the day after publication and after filing."""

    apply_days: Count | None = Field(default=None, description="公布之日起几天内提出")
    apply_working_days: Count | None = Field(default=None, description="公布之日起几个工作日内提出")
    decide_days: Count | None = Field(default=None, description="收到之日起几天内决定")
    decide_working_days: Count | None = Field(default=None, description="收到之日起几个工作日内决定")
    to: str = Field(default="", max_length=200, description="向谁提出")
    basis: Texts = Field(default=(), description="依据：一条或几条出处，写到条款")

    @model_validator(mode="after")
    def _one_clock_each(self) -> Self:
        for days, working in (
            (self.apply_days, self.apply_working_days),
            (self.decide_days, self.decide_working_days),
        ):
            if days is not None and working is not None:
                raise ValueError("objections_two_clocks")
        return self
