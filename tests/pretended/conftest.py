"""What the tests of the pretended GPU share."""

import pytest

from tests.pretended import pretended_gpu


@pytest.fixture
def gpu():
    """Pretend a GPU during a test."""
    with pretended_gpu() as record:
        yield record
