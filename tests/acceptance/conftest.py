from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def published_data() -> Path:
    """The folder of real published data that lies beside the checkout; the project ships none of it."""
    if not DATA.is_dir():
        pytest.skip(f"the acceptance data is not at {DATA}")
    return DATA
