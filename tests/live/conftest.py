"""One account for all live tests, cleaned up when they end, however they end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.account import Account, open_account


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with open_account(tmp_path_factory.mktemp("home")) as opened:
        print(f"live tests use names that begin with {opened.prefix}")
        try:
            yield opened
        finally:
            done = opened.clean_up()
        assert done.exit_code == 0, f"clean up with `python -m tests.live.cleanup`: {done.stdout}{done.stderr}"
