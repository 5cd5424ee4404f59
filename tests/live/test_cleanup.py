"""The clean-up command deletes everything of a run, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.account import PREFIX, is_live, open_account
from tests.support.project import write_project

RELEASE = "  publish: true\n  aliasName: prod\n  events:\n    - http: {parameters: {authType: CAM}}\n"


@pytest.mark.skipif(is_live(), reason="would delete what the other live tests use")
def test_cleanup_deletes_all_names_with_the_prefix_only(tmp_path: Path) -> None:
    with open_account(tmp_path) as account:
        other = write_project(tmp_path / "other", name="other")
        left = write_project(
            tmp_path / "left", f"  namespace: {account.prefix}\n{RELEASE}", name=account.name("left"), app="live"
        )
        for folder in (other, left):
            assert account.scfdeploy("apply", folder, "--yes").exit_code == 0

        cleaned = account.clean_up("--prefix", PREFIX)
        again = account.clean_up("--prefix", PREFIX)

        assert cleaned.exit_code == 0, cleaned.stderr
        assert cleaned.stdout.splitlines()[0] == f"deleting function/{account.prefix}/{account.name('left')}"
        assert f"deleting namespace/{account.prefix}" in cleaned.stdout
        assert (again.exit_code, again.stdout) == (0, "")
        [kept] = account.scfdeploy("status", other, "--format", "json").document["functions"]
        assert kept["state"] == "Active"


def test_cleanup_refuses_names_of_others(tmp_path: Path) -> None:
    with open_account(tmp_path) as account:
        refused = account.clean_up("--prefix", "shop")

    assert refused.exit_code == 2
    assert PREFIX in refused.stderr
