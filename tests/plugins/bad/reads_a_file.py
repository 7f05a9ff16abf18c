"""A file of this computer is read when the plugin is imported."""

from pathlib import Path

from duban import Measure, hookimpl

EXPECTED = "opens_file"
HOSTS = Path("/etc/hosts").read_bytes()


@hookimpl
def register_measures() -> list[Measure]:
    return [Measure(id="reads", title="测试口径", title_en="A measure", hit="key_supervised", source="测试")]
