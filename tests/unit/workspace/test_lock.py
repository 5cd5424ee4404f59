"""One run at a time in a checkout, for each stage and region."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Project, ProjectKey
from scfdeploy.workspace.lock import claimed


def _project(root: Path, stage: str) -> Project:
    return Project(ProjectKey("shop", stage, "ap-guangzhou"), str(root), ())


@pytest.mark.parametrize("stage", ["dev", "s" * 300, "深" * 90])
def test_a_second_run_is_refused_however_the_stage_is_called(tmp_path: Path, stage: str) -> None:
    with claimed("apply") as first, claimed("destroy") as second, claimed("apply") as other:
        first.take(str(tmp_path), stage=stage, region="ap-guangzhou")
        other.take(str(tmp_path), stage="other" + stage, region="ap-guangzhou")
        with pytest.raises(ScfDeployError, match="another run"):
            second.take(str(tmp_path), stage=stage, region="ap-guangzhou")


def test_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    with claimed("apply") as claim:
        claim.take(str(tmp_path), stage="dev", region="ap-guangzhou")
    [lock] = (tmp_path / ".scfdeploy").glob("lock-*")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    lock.unlink()
    lock.symlink_to(victim)
    with claimed("apply") as claim, pytest.raises(ScfDeployError, match="symbolic link"):
        claim.take(str(tmp_path), stage="dev", region="ap-guangzhou")
    assert victim.read_text() == "precious"
