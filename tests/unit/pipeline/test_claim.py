"""One run at a time in a checkout, for each stage and region."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Project, ProjectKey
from scfdeploy.pipeline.claim import claimed


def _project(root: Path, stage: str) -> Project:
    return Project(ProjectKey("shop", stage, "ap-guangzhou"), str(root), ())


@pytest.mark.parametrize("stage", ["dev", "s" * 300, "深" * 90])
def test_a_second_run_is_refused_however_the_stage_is_called(tmp_path: Path, stage: str) -> None:
    with claimed("apply") as first, claimed("destroy") as second, claimed("apply") as other:
        first.take(_project(tmp_path, stage))
        other.take(_project(tmp_path, "other" + stage))
        with pytest.raises(ScfDeployError, match="another run"):
            second.take(_project(tmp_path, stage))


def test_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    with claimed("apply") as claim:
        claim.take(_project(tmp_path, "dev"))
    [lock] = (tmp_path / ".scfdeploy").glob("lock-*")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    lock.unlink()
    lock.symlink_to(victim)
    with claimed("apply") as claim, pytest.raises(ScfDeployError, match="symbolic link"):
        claim.take(_project(tmp_path, "dev"))
    assert victim.read_text() == "precious"
