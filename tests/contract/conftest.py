"""The unmodified SDK, connected to a running emulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.emulator import Cloud, running
from tests.support.sdk import Sdk


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running() as cloud:
        yield cloud


@pytest.fixture
def sdk(cloud: Cloud) -> Sdk:
    return Sdk(cloud.address)
