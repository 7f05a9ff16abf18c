"""Fixtures for pytest: `pytest_plugins = ["duban.testing.fixtures"]` in the conftest.py of a plugin's tests.

def test_answered(figures):
    rows = [{"case_id": "1", "department": "市交通局", "assigned_on": date(2023, 3, 1), "replied_on": None}]
    assert figures("replied", {"cases": rows})["市交通局"].value == 0

def test_the_plugin_keeps_its_promises(plugin_faults):
    assert plugin_faults("duban_my_office") == []
"""

from collections.abc import Callable

import pytest

from . import check_plugin
from . import figures as figures_of
from .faults import Fault

Figures = Callable[..., object]


@pytest.fixture(name="figures")
def fixture_figures() -> Figures:
    """`duban.testing.figures`: what a measure says of each department over rows by table."""
    return figures_of


@pytest.fixture(name="plugin_faults")
def fixture_plugin_faults() -> Callable[[str], list[Fault]]:
    """`duban.testing.check_plugin`: what is wrong with a plugin, as `duban plugins check` tells it."""
    return check_plugin
