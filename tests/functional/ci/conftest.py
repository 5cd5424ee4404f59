"""What several files here need: a folder to stand in, empty or with a function."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a repository, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def python_function(root: Path) -> None:
    """A function in the root of the repository, whose dependencies pip installs."""
    (root / "requirements.txt").write_text("requests\n")
    (root / "serverless.yml").write_text(
        "component: scf\nname: hello\napp: shop\ninputs:\n  src: ./src\n  runtime: Python3.9\n"
    )
