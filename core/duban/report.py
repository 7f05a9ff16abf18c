"""What an office says of itself in its documents, as it stands under `[report]` in `duban.toml`; no number rests on it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _said(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


# White space alone says nothing: it leaves a blank to be filled in.
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_as_tuple), AfterValidator(_said)]
Days = Annotated[int, Field(strict=True, ge=1, le=365)]


class Report(BaseModel):
    """What documents say beside the result; what is left out is printed as a blank to be filled in, never assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Line = Field(default="", description="发文机关")
    number: Line = Field(default="", description="发文字号，如 市人发〔2024〕3号")
    issued_on: date | None = Field(default=None, description="成文日期")
    addressees: Lines = Field(default=(), description="主送机关，一个或几个")
    notice_days: Days | None = Field(default=None, description="公示几天")
    notice_working_days: Days | None = Field(default=None, description="公示几个工作日")
    basis: Lines = Field(default=(), description="依据：一条或几条，写到文件名称或条款")
    contact: Line = Field(default="", description="联系方式：地址、电话、联系人")
    templates: Mapping[str, Path] = Field(default={}, description="自己的文件模板：种类 = 文件")
    earlier: tuple[Path, ...] = Field(default=(), description="以前各年的结果文件夹，从早到晚")
    each: bool = Field(default=False, strict=True, description="评分表另外每个单位一个文件")

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if self.notice_days is not None and self.notice_working_days is not None:
            raise ValueError("notice_two_clocks")
        return self

    def within(self, folder: Path, templates: Mapping[str, Path]) -> "Report":
        """Return the same with paths that no longer depend on the folder; `templates` come before its own."""
        own = {kind: folder / path for kind, path in self.templates.items()}
        earlier = tuple(folder / path for path in self.earlier)
        return self.model_copy(update={"templates": {**own, **templates}, "earlier": earlier})

    def blanks(self) -> list[str]:
        """Return the keys without which a document has blanks to fill in."""
        keys = ("issuer", "number", "issued_on", "addressees", "basis", "contact")
        days = self.notice_days or self.notice_working_days
        return [key for key in keys if not getattr(self, key)] + ([] if days else ["notice_days"])
