"""One forking process for each worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.prepared import Prepared, prepared


@pytest.fixture(scope="session")
def commands() -> Iterator[Prepared]:
    with prepared() as found:
        yield found
