"""What of a workspace is not public, as it stands under `[visibility]` in `duban.toml`, and the two editions of a result."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Edition(StrEnum):
    """For whom the files are: `INTERNAL` holds everything, `PUBLIC` only what is public."""

    INTERNAL = "internal"
    PUBLIC = "public"


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_as_tuple)]


class Visibility(BaseModel):
    """What a public edition leaves out; no number of the result rests on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Names = Field(default=(), description="不公开的列：列名或表头，别的表写 表.列")
    cases: str | None = Field(default=None, description="不公开的件：对台账的条件；说不清的也不公开")
    case_ids: Names = Field(default=(), description="不公开的件：编号")
    ratings: Literal["withheld", "public"] = Field(default="withheld", description="哪一件被怎么评价公不公开")
    min_cell: Annotated[int, Field(strict=True, ge=0, le=1000)] = Field(
        default=0, description="少于几件的数不公布；0 为都公布"
    )
