"""The contacts of each case become its first contact, their number, and the strongest way of contact."""

from datetime import date

from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.relations import SAME_CASE, Relation

from .completing import completed

_STRENGTH = ("in_person", "phone", "written")
# A row that says that nobody was contacted is no contact.
_HAPPENED = "coalesce(contact_mode, '') <> 'none'"


def with_contacts(
    engine: Engine, cases: Relation, contacts: Relation, as_of: date
) -> tuple[Relation, list[Finding]]:
    """Return the cases with the contact columns that they lack; contacts after `as_of` have not happened."""
    findings: list[Finding] = []
    (later,) = engine.one(
        f"SELECT count(*) FILTER (contacted_on > DATE '{as_of}') FROM {quoted(contacts.name)}"
    )
    if later:
        findings.append(finding("contacts_after_as_of", table="contacts", count=later))
    values = {
        "contacted_on": "k.first_on",
        "contacts": "coalesce(k.happened, 0)",
        "contact_mode": "CASE WHEN k.case_id IS NULL THEN 'none' ELSE k.strongest END",
    }
    if "contact_mode" not in contacts.available:
        del values["contact_mode"]
    kept = sorted(values.keys() & cases.available)
    if kept:
        headings = "、".join(cases.headings.get(name, name) for name in kept)
        findings.append(finding("contacts_not_used", table="contacts", columns=headings))
    lacking = {name: value for name, value in values.items() if name not in cases.available}
    if not lacking:
        return cases, findings
    _reduce(engine, contacts, as_of)
    join = f"LEFT JOIN contacts_reduced AS k ON {SAME_CASE.format('k', 'c')}"
    return completed(engine, cases, "cases_contacted", join, lacking, frozenset(lacking)), findings


def _reduce(engine: Engine, contacts: Relation, as_of: date) -> None:
    strongest = " ".join(f"WHEN bool_or(contact_mode = '{mode}') THEN '{mode}'" for mode in _STRENGTH)
    engine.run(
        f"CREATE OR REPLACE TABLE contacts_reduced AS SELECT case_id, department, "
        f"min(contacted_on) FILTER ({_HAPPENED}) AS first_on, CAST(count_if({_HAPPENED}) AS BIGINT) AS happened, "
        f"CASE {strongest} WHEN NOT bool_or({_HAPPENED}) THEN 'none' END AS strongest "
        f"FROM {quoted(contacts.name)} WHERE contacted_on <= DATE '{as_of}' GROUP BY ALL"
    )
