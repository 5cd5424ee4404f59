"""Layers are checked and not published yet: nothing may look as if they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer

LAYER = "component: layer\nname: base\napp: shop\ninputs:\n  name: base\n  src: ./src\n  runtimes: [Python3.10]\n"


@pytest.mark.parametrize("command", ["plan", "apply", "destroy"])
def test_a_layer_is_refused_before_the_cloud_is_asked(command: str, tmp_path: Path, cloud: LocalServer) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "shared.py").write_text("ANSWER = 42\n")
    (tmp_path / "serverless.yml").write_text(LAYER)

    checked = scfdeploy("validate", tmp_path)
    ran = scfdeploy(command, tmp_path, *([] if command == "plan" else ["--yes"]), env=cloud.env)

    assert checked.exit_code == 0
    assert ran.exit_code == 3
    assert "not-supported-yet" in ran.stderr
    assert cloud.calls() == []
