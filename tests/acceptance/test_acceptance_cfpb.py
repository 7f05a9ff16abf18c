"""Consumer complaints to US companies: own headings (State is no state of a case), blanks that mean "not asked"."""

from pathlib import Path

from duban import run

RULESET = """
format = 1
id = "complaints"
title = "投诉办理"
[measures.timely]
title = "及时"
hit = "TimelyResponseSts = 'Yes'"
[measures.disputed]
title = "有争议"
count = "ConsumerDisputedSts is not null"
hit = "ConsumerDisputedSts = 'Yes'"
[measures.relief]
title = "得到补偿"
hit = '''CompanyResponseConsumer in
  ('Closed with relief', 'Closed with monetary relief', 'Closed with non-monetary relief')'''
[dimensions.response]
title = "答复"
[criteria.timely]
title = "及时"
dimension = "response"
measure = "timely"
points = 1
[criteria.disputed]
title = "有争议"
dimension = "response"
measure = "disputed"
points = 1
[criteria.relief]
title = "得到补偿"
dimension = "response"
measure = "relief"
points = 1
"""
WORKSPACE = """
title = "投诉"
ruleset = "complaints.toml"
as_of = 2016-12-31
[tables.cases]
file = "cfpb_complaints_2011_2015.csv"
[tables.cases.columns]
ComplaintId = "case_id"
Company = "department"
DateReceived = "assigned_on"
"""


def test_the_published_counts_come_out(published_data: Path, tmp_path: Path) -> None:
    source = published_data / "cfpb" / "cfpb_complaints_2011_2015.csv"
    (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / "complaints.toml").write_text(RULESET, "utf-8")
    (tmp_path / "duban.toml").write_text(WORKSPACE, "utf-8")
    result = run(tmp_path)
    criteria = result.criteria.set_index(["criterion", "department"])
    sums = {
        name: tuple(int(criteria.loc[name][column].sum()) for column in ("hits", "count"))
        for name in ("timely", "disputed", "relief")
    }
    # 9,072 Yes and 152 No; 1,673 Yes and 5,221 No, the 2,330 blanks were not asked; 1,591 with relief of any kind.
    assert sums == {"timely": (9072, 9224), "disputed": (1673, 6894), "relief": (1591, 9224)}
    cases = criteria.loc["timely"]["count"]
    assert len(cases) == 794
    assert [(cases >= 30).sum(), (cases >= 100).sum()] == [39, 18]
