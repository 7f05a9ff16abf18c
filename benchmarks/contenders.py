"""Everybody who counts the sixteen figures: duban, a hand-written fused DuckDB query, hand-tuned pandas.

    python benchmarks/contenders.py pandas 1m      one contender in a process of its own; prints JSON

Each returns its answer as department → [value of each figure], rationals as text, so that all can be compared.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
AS_OF = "2025-01-31"
FIGURES = (
    *("on_time", "replied", "acknowledged", "overdue", "overdue_days", "handling_days", "contacted", "met"),
    *("contacted_within", "contacts_per_case", "answer_satisfied", "first_round_satisfied", "resolved"),
    *("result_satisfied", "answer_to_result", "commitments_kept"),
)
FUSED = f"""
    WITH cases AS (
        SELECT *, coalesce(extended_to, assigned_on + INTERVAL 3 MONTH) AS deadline_on, role <> 'co' AS own,
            answer_rating IN ('very_satisfied', 'satisfied') AS answer_good,
            result_rating IN ('very_satisfied', 'satisfied') AS result_good
        FROM {{source}}),
    judged AS (
        SELECT *, replied_on > deadline_on OR (replied_on IS NULL AND deadline_on < DATE '{AS_OF}') AS late FROM cases)
    SELECT department,
        count(*) FILTER (own AND (deadline_on <= DATE '{AS_OF}' OR replied_on IS NOT NULL)),
        count(*) FILTER (own AND replied_on <= deadline_on),
        count(*), count(replied_on),
        count(*), count(*) FILTER (acknowledged_on <= assigned_on + 7),
        1, count(*) FILTER (own AND late),
        1, coalesce(sum(date_diff('day', deadline_on::DATE, coalesce(replied_on, DATE '{AS_OF}'))) FILTER (own AND late), 0),
        1, quantile_disc(date_diff('day', assigned_on, replied_on), 0.5) FILTER (replied_on IS NOT NULL),
        count(*) FILTER (own), count(*) FILTER (own AND contact_mode <> 'none'),
        count(*) FILTER (own), count(*) FILTER (own AND contact_mode = 'in_person'),
        count(*), count(*) FILTER (contacted_on <= assigned_on + 20),
        count(contacts), sum(contacts),
        count(*) FILTER (own AND answer_rating IS NOT NULL), count(*) FILTER (own AND answer_good),
        count(*) FILTER (own AND answer_rating IS NOT NULL), count(*) FILTER (own AND answer_good AND round = 1),
        count(*) FILTER (own AND outcome IS NOT NULL), count(*) FILTER (own AND outcome = 'resolved'),
        count(*) FILTER (own AND result_rating IS NOT NULL), count(*) FILTER (own AND result_good),
        count(*) FILTER (own AND answer_good AND result_rating IS NOT NULL),
        count(*) FILTER (own AND answer_good AND result_good),
        count(*) FILTER (commitment_due_on <= DATE '{AS_OF}' OR commitment_kept_on IS NOT NULL),
        count(*) FILTER (commitment_kept_on <= commitment_due_on)
    FROM judged GROUP BY department"""
DATE_COLUMNS = (
    *("assigned_on", "acknowledged_on", "extended_to", "contacted_on"),
    *("replied_on", "commitment_due_on", "commitment_kept_on"),
)
Answer = Mapping[str, list[str]]
Result = tuple[Answer, Mapping[str, float]]


def ratio(hits: Any, count: Any) -> str:
    """Return a value as exact text; nothing counted is empty."""
    return str(Fraction(int(hits), int(count))) if count else ""


def duban(ledger: str) -> Result:
    """The whole run with every check and every file written; the measuring stage is timed inside it."""
    from duban import pipeline

    spent = {"measure": 0.0}
    measure = vars(pipeline)["measure"]

    def timed(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return measure(*given, **named)
        finally:
            spent["measure"] += time.perf_counter() - start

    setattr(pipeline, "measure", timed)  # noqa: B010 - mypy knows that a module's function is not for assignment
    start = time.perf_counter()
    run = pipeline.run(DATA / ledger)
    spent["whole"] = time.perf_counter() - start
    rows = run.criteria.itertuples()
    found = {
        (str(row.department), str(row.criterion)): "" if row.value is None else str(row.value) for row in rows
    }
    departments = sorted({department for department, _ in found})
    return {name: [found[name, figure] for figure in FIGURES] for name in departments}, spent


def fused(ledger: str) -> Result:
    """One query by hand, straight from the Parquet file."""
    return _queried(f"'{DATA / ledger / 'cases.parquet'}'")


def clean_csv(ledger: str) -> Result:
    """The same query over a csv without any difficulty, every type given."""
    dates = ", ".join(f"'{name}': 'DATE'" for name in DATE_COLUMNS)
    texts = (
        "case_id",
        "department",
        "role",
        "level",
        "contact_mode",
        "outcome",
        "answer_rating",
        "result_rating",
    )
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in texts)
    wholes = "'contacts': 'INTEGER', 'round': 'INTEGER'"
    return _queried(
        f"read_csv('{DATA / 'clean.csv'}', header = true, types = {{{dates}, {types}, {wholes}}})"
    )


def _queried(source: str) -> Result:
    import duckdb

    start = time.perf_counter()
    rows = duckdb.connect().execute(FUSED.format(source=source)).fetchall()
    seconds = time.perf_counter() - start
    answer = {row[0]: [ratio(row[place + 1], row[place]) for place in range(1, len(row), 2)] for row in rows}
    return answer, {"measure": seconds, "whole": seconds}


def pandas(ledger: str) -> Result:
    """Hand-tuned pandas: only the columns needed, dictionary-encoded texts, one boolean column a counter, one group-by."""
    import pandas as pd
    import pyarrow.parquet as pq

    start = time.perf_counter()
    texts = ["department", "role", "contact_mode", "outcome", "answer_rating", "result_rating"]
    columns = [*texts, *DATE_COLUMNS, "contacts", "round"]
    table = pq.read_table(DATA / ledger / "cases.parquet", columns=columns, read_dictionary=texts)
    frame = table.to_pandas(date_as_object=False, self_destruct=True)
    del table
    deadline = frame["extended_to"].fillna(frame["assigned_on"] + pd.DateOffset(months=3))
    day, own = pd.Timestamp(AS_OF), frame["role"] != "co"
    replied = frame["replied_on"].notna()
    late = own & ((frame["replied_on"] > deadline) | (~replied & (deadline < day)))
    waited = (frame["replied_on"].fillna(day) - deadline).dt.days.where(late, 0)
    answered, rated = own & frame["answer_rating"].notna(), own & frame["result_rating"].notna()
    good = own & frame["answer_rating"].isin(["very_satisfied", "satisfied"])
    result = own & frame["result_rating"].isin(["very_satisfied", "satisfied"])
    due = (frame["commitment_due_on"] <= day) | frame["commitment_kept_on"].notna()
    mode, every = frame["contact_mode"], pd.Series(True, index=frame.index)
    pairs = {
        "on_time": (own & ((deadline <= day) | replied), own & (frame["replied_on"] <= deadline)),
        "replied": (every, replied),
        "acknowledged": (every, frame["acknowledged_on"] <= frame["assigned_on"] + pd.Timedelta(days=7)),
        "overdue": (None, late),
        "overdue_days": (None, waited),
        "contacted": (own, own & mode.notna() & (mode != "none")),
        "met": (own, own & (mode == "in_person")),
        "contacted_within": (every, frame["contacted_on"] <= frame["assigned_on"] + pd.Timedelta(days=20)),
        "contacts_per_case": (frame["contacts"].notna(), frame["contacts"]),
        "answer_satisfied": (answered, good),
        "first_round_satisfied": (answered, good & (frame["round"] == 1)),
        "resolved": (own & frame["outcome"].notna(), own & (frame["outcome"] == "resolved")),
        "result_satisfied": (rated, result),
        "answer_to_result": (good & rated, good & result),
        "commitments_kept": (due, (frame["commitment_kept_on"] <= frame["commitment_due_on"])),
    }
    counters = {
        f"{name} {place}": part
        for name, both in pairs.items()
        for place, part in zip("ch", both, strict=True)
    }
    wide = pd.DataFrame({name: part for name, part in counters.items() if part is not None})
    sums = wide.groupby(frame["department"], observed=True).sum()
    days = (frame["replied_on"] - frame["assigned_on"]).dt.days
    median = days.groupby(frame["department"], observed=True).quantile(0.5, interpolation="lower")
    seconds = time.perf_counter() - start
    answer = {}
    for name, row in sums.iterrows():
        values = {figure: ratio(row[f"{figure} h"], row.get(f"{figure} c", 1)) for figure in pairs}
        values["handling_days"] = str(int(median[name]))
        answer[str(name)] = [values[figure] for figure in FIGURES]
    return answer, {"measure": seconds, "whole": seconds}


CONTENDERS: Mapping[str, Callable[[str], Result]] = {
    "duban": duban,
    "fused": fused,
    "clean_csv": clean_csv,
    "pandas": pandas,
}


def main(name: str, ledger: str) -> None:
    """Run one contender and print what it found, in seconds and MiB."""
    answer, seconds = CONTENDERS[name](ledger)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"answer": answer, "seconds": dict(seconds), "peak": peak}, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:3])
