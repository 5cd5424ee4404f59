"""What several files here need: an empty folder to stand in."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a repository, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
