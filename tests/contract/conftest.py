"""The unmodified SDK, pointed at a started local server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.emulator import Cloud, running
from tests.support.sdk import Sdk


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running() as started:
        yield started


@pytest.fixture
def sdk(cloud: Cloud) -> Sdk:
    return Sdk(cloud.address)
