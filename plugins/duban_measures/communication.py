"""Communication 沟通联系: were the deputies talked to, how, how soon and how often."""

from duban import Aggregate, Measure, Parameter

from .common import LAW, PRACTICE

MEASURES = (
    Measure(
        id="contacted",
        title="沟通率",
        title_en="Contacted",
        hit="contact_mode <> 'none'",
        source=LAW,
    ),
    Measure(
        id="met",
        title="面商率",
        title_en="Met in person",
        hit="contact_mode = 'in_person'",
        source=PRACTICE,
    ),
    Measure(
        id="contacted_within",
        title="及时沟通率",
        title_en="First contact in time",
        hit="contacted_on <= assigned_on + interval (:days) day",
        parameters={"days": Parameter(int, default=20, at_least=0, at_most=3650, title="天数")},
        source=PRACTICE,
    ),
    Measure(
        id="contacts_per_case",
        title="件均沟通次数",
        title_en="Contacts per case",
        value="contacts",
        aggregate=Aggregate.MEAN,
        unit="次",
        source=PRACTICE,
    ),
)
