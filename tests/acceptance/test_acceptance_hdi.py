"""The Human Development Index 2020, from a ruleset alone: no cases, one row a country, goalposts, a geometric mean."""

import csv
from fractions import Fraction
from pathlib import Path

from duban import run

# Goalposts: UNDP, Human Development Report 2020, technical note 1: 20-85 years, 0-18 and 0-15 years, 100-75,000 dollars.
RULESET = """
format = 1
id = "hdi"
title = "人类发展指数"
rounding = { total = 3 }

[measures.life]
title = "预期寿命"
table = "departments"
value = "life_expectancy"

[measures.education]
title = "受教育年限"
table = "departments"
value = "least(expected_schooling, 18) * 5 + least(mean_schooling, 15) * 6"

[measures.income]
title = "人均国民收入"
table = "departments"
value = "gni_per_capita"

[dimensions.index]
title = "指数"
points = 1
aggregate = "geometric"

[criteria.life]
title = "健康"
dimension = "index"
measure = "life"
points = 1
curve = { kind = "linear", zero_at = 20, full_at = 85 }

[criteria.education]
title = "教育"
dimension = "index"
measure = "education"
points = 1
curve = { kind = "linear", zero_at = 0, full_at = 180 }

[criteria.income]
title = "收入"
dimension = "index"
measure = "income"
points = 1
curve = { kind = "linear", zero_at = 100, full_at = 75_000, scale = "log" }

[ranking]
within = "all"
ties = "competition"
"""
WORKSPACE = """
title = "人类发展指数 2020"
ruleset = "hdi.toml"
as_of = 2020-12-31
[tables.departments]
file = "hdi_2020.csv"
[tables.departments.columns]
country = "department"
"""


def test_every_printed_score_and_rank_comes_out(published_data: Path, tmp_path: Path) -> None:
    source = published_data / "indices" / "hdi_2020.csv"
    (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / "hdi.toml").write_text(RULESET, "utf-8")
    (tmp_path / "duban.toml").write_text(WORKSPACE, "utf-8")
    ranking = run(tmp_path).ranking
    with source.open(encoding="utf-8", newline="") as file:
        printed = {row["country"]: (int(row["rank"]), Fraction(row["hdi"])) for row in csv.DictReader(file)}
    rows = ranking[["department", "rank", "total"]].to_dict("records")
    got = {row["department"]: (row["rank"], row["total"]) for row in rows}
    assert len(got) == 189
    assert got == printed
