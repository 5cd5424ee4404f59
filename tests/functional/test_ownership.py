"""Unlisted and unowned resources: --adopt, --prune, drift in `status`, and unsupported components."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project

SECRET = "hunter2-do-not-show"


def run(cloud: LocalServer, command: str, folder: Path, *more: str) -> Ran:
    return scfdeploy(command, folder, *more, env=cloud.env)


def done(ran: Ran) -> Ran:
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    return ran


def changes(ran: Ran) -> dict[str, str]:
    return {change["address"]: change["action"] for change in ran.document["changes"] if change["action"] != "no-op"}


def there(cloud: LocalServer) -> set[str]:
    return {row["FunctionName"] for row in console(cloud).call("ListFunctions", Limit=100)["Functions"]}


def triggers(cloud: LocalServer, function: str = "hello") -> set[str]:
    listed = console(cloud).call("ListTriggers", FunctionName=function)["Triggers"]
    return {trigger["TriggerName"] for trigger in listed}


def console(cloud: LocalServer) -> Cloud:
    """Calls of somebody who uses no tool."""
    return Cloud(cloud.url)


def by_hand(cloud: LocalServer, function: str, trigger: str) -> None:
    console(cloud).call(
        "CreateTrigger", FunctionName=function, TriggerName=trigger, Type="timer", TriggerDesc="0 0 4 * * * *"
    )


class TestAdopt:
    def test_unowned_function_is_adopted_only_with_adopt(self, cloud: LocalServer, tmp_path: Path) -> None:
        console(cloud).create("hello", MemorySize=512)
        project = write_project(tmp_path, "  memorySize: 256\n")

        refused = run(cloud, "apply", project, "--yes")
        assert refused.exit_code == 1
        assert "already exists and is not managed by this project" in refused.stdout
        assert run(cloud, "destroy", project, "--yes").exit_code == 0
        assert there(cloud) == {"hello"}

        planned = run(cloud, "plan", project, "--adopt")
        assert "adopt: exists without an ownership tag and becomes owned by this project" in planned.stdout
        done(run(cloud, "apply", project, "--adopt", "--yes"))
        assert run(cloud, "plan", project, "--detailed-exitcode").exit_code == 0
        assert done(run(cloud, "status", project, "--format", "json")).document["functions"][0]["owned"] is True
        done(run(cloud, "destroy", project, "--yes"))
        assert there(cloud) == set()

    def test_manual_trigger_named_in_file_is_adopted(self, cloud: LocalServer, tmp_path: Path) -> None:
        project = done_project(cloud, tmp_path)
        by_hand(cloud, "hello", "extra")
        write_project(tmp_path, TIMER.replace("nightly", "extra").replace("0 0 2", "0 0 4"))
        shown = run(cloud, "plan", project, "--format", "json")
        assert changes(shown)["trigger/default/hello/timer/extra"] in ("update", "replace")
        done(run(cloud, "apply", project, "--yes"))
        assert run(cloud, "plan", project, "--detailed-exitcode").exit_code == 0

    def test_function_of_other_project_is_never_owned(self, cloud: LocalServer, tmp_path: Path) -> None:
        done(run(cloud, "apply", write_project(tmp_path / "other", app="blog"), "--yes"))
        mine = write_project(tmp_path / "mine", "  memorySize: 256\n")
        refused = run(cloud, "plan", mine, "--adopt", "--prune")
        assert refused.exit_code == 1
        assert 'belongs to app "blog", stage "dev"' in refused.stdout


def done_project(cloud: LocalServer, folder: Path) -> Path:
    project = write_project(folder, TIMER)
    done(run(cloud, "apply", project, "--yes"))
    return project


class TestPrune:
    @pytest.fixture
    def shop(self, cloud: LocalServer, tmp_path: Path) -> Path:
        """A project of two folders, one of which is gone since; beside it what others have."""
        folder = tmp_path / "shop"
        for name in ("keep", "gone"):
            write_project(folder / name, TIMER, name=name)
        done(run(cloud, "apply", folder, "--yes"))
        done(run(cloud, "apply", write_project(tmp_path / "blog", name="blog", app="blog"), "--yes"))
        console(cloud).create("by-hand")
        (folder / "gone").rename(tmp_path / "elsewhere")
        return folder

    def test_unlisted_function_is_deleted_only_with_prune_and_instance(self, cloud: LocalServer, shop: Path) -> None:
        seen = run(cloud, "plan", shop, "--format", "json")
        assert changes(seen) == {}
        assert seen.document["leftAlone"] == [
            {
                "address": "function/default/gone",
                "reason": 'belongs to instance "gone", whose file was not read; to delete it: scfdeploy destroy '
                f"{shop} --stage dev --region ap-guangzhou --endpoint {cloud.url} --instance gone "
                "--target function/default/gone",
            }
        ]
        done(run(cloud, "apply", shop, "--prune", "--yes"))
        assert there(cloud) == {"keep", "gone", "blog", "by-hand"}

        named = ("--prune", "--instance", "gone")
        assert changes(run(cloud, "plan", shop, *named, "--format", "json")) == {"function/default/gone": "delete"}
        done(run(cloud, "apply", shop, *named, "--yes"))
        assert there(cloud) == {"keep", "blog", "by-hand"}
        assert run(cloud, "plan", shop, "--prune", "--detailed-exitcode").exit_code == 0

    def test_function_whose_name_changed_is_pruned_by_its_own_instance(
        self, cloud: LocalServer, tmp_path: Path
    ) -> None:
        project = done_project(cloud, tmp_path)
        file = project / "serverless.yml"
        file.write_text(file.read_text().replace("  name: hello", "  name: other"))
        seen = run(cloud, "plan", project)
        assert "is owned by this project and no file lists it; --prune deletes it" in seen.stdout
        done(run(cloud, "apply", project, "--prune", "--yes"))
        assert there(cloud) == {"other"}

    def test_prune_of_one_folder_keeps_its_neighbour(self, cloud: LocalServer, shop: Path) -> None:
        assert changes(run(cloud, "plan", shop / "keep", "--prune", "--format", "json")) == {}
        done(run(cloud, "apply", shop / "keep", "--prune", "--yes"))
        assert "gone" in there(cloud)

    def test_manual_triggers_stay_until_pruned(self, cloud: LocalServer, tmp_path: Path) -> None:
        project = done_project(cloud, tmp_path)
        by_hand(cloud, "hello", "extra")
        seen = run(cloud, "plan", project)
        assert "trigger/default/hello/timer/extra: was created manually; --prune deletes it" in seen.stdout
        done(run(cloud, "apply", project, "--yes"))
        assert triggers(cloud) == {"nightly", "extra"}
        done(run(cloud, "apply", project, "--prune", "--yes"))
        assert triggers(cloud) == {"nightly"}

    def test_saved_plan_keeps_prune_policy(self, cloud: LocalServer, shop: Path, tmp_path: Path) -> None:
        named = ("--prune", "--instance", "gone")
        done(run(cloud, "plan", shop, *named, "--out", str(tmp_path / "the.plan")))
        done(scfdeploy("apply", "--plan", tmp_path / "the.plan", env=cloud.env))
        assert "gone" not in there(cloud)


class TestDriftInStatus:
    @pytest.fixture
    def project(self, cloud: LocalServer, tmp_path: Path) -> Path:
        inputs = f"  memorySize: 256\n  environment: {{variables: {{API_TOKEN: {SECRET}}}}}\n{TIMER}"
        project = write_project(tmp_path, inputs)
        done(run(cloud, "apply", project, "--yes"))
        return project

    def drift(self, cloud: LocalServer, project: Path) -> list[Mapping[str, Any]]:
        ran = done(run(cloud, "status", project, "--format", "json"))
        assert SECRET not in ran.stdout
        found: list[Mapping[str, Any]] = ran.document["functions"][0]["drift"]
        return found

    def test_drift_is_empty_after_apply(self, cloud: LocalServer, project: Path) -> None:
        assert self.drift(cloud, project) == []
        assert "in the cloud -> in the file" not in run(cloud, "status", project).stdout

    def test_settings_code_and_triggers_that_differ_are_shown(self, cloud: LocalServer, project: Path) -> None:
        console(cloud).call(
            "UpdateFunctionConfiguration",
            FunctionName="hello",
            MemorySize=512,
            Environment={"Variables": [{"Key": "API_TOKEN", "Value": "stolen-token"}]},
        )
        console(cloud).call(
            "DeleteTrigger", FunctionName="hello", TriggerName="nightly", Type="timer", Qualifier="$DEFAULT"
        )

        paths = {field["path"]: field for field in self.drift(cloud, project)}
        assert (paths["memorySize"]["before"], paths["memorySize"]["after"]) == (512, 256)
        assert paths["environment.variables.API_TOKEN"]["sensitive"] is True
        assert (paths["events"]["before"], paths["events"]["after"]) == (None, "timer/nightly")
        shown = run(cloud, "status", project).stdout
        assert "differs from the file" in shown
        assert "memorySize: 512 -> 256" in shown
        assert 'events: (not set) -> "timer/nightly"' in shown
        assert "stolen-token" not in shown

    def test_owned_trigger_removed_from_file_is_shown(self, cloud: LocalServer, project: Path) -> None:
        write_project(project, f"  memorySize: 256\n  environment: {{variables: {{API_TOKEN: {SECRET}}}}}\n")
        [field] = self.drift(cloud, project)
        assert (field["path"], field["before"], field["after"]) == ("events", "timer/nightly", None)

    def test_code_of_another_writer_is_shown(self, cloud: LocalServer, project: Path) -> None:
        from tests.support.emulator import zip_text

        cloud.control("clock", {"advance_s": 5})
        files = {"index.py": "def main_handler(event, context):\n    return 'other'\n"}
        console(cloud).call(
            "UpdateFunctionCode", FunctionName="hello", Handler="index.main_handler", ZipFile=zip_text(files)
        )
        assert [field["path"] for field in self.drift(cloud, project)] == ["src"]


class TestSkipUnsupported:
    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        """A function that needs a network which another tool makes."""
        folder = tmp_path / "shop"
        vpc = "  vpcConfig:\n    vpcId: ${output:${stage}:shop:net.vpcId}\n    subnetId: subnet-0a1b2c3d\n"
        write_project(folder / "api", vpc, name="api")
        (folder / "net").mkdir()
        (folder / "net" / "serverless.yml").write_text("component: vpc\nname: net\napp: shop\ninputs:\n  zone: 1\n")
        return folder

    OPTIONS = ("--skip-unsupported", "--var", "output:dev:shop:net.vpcId=vpc-0a1b2c3d")

    def test_unsupported_component_stops_every_command(self, cloud: LocalServer, project: Path) -> None:
        for command in ("plan", "apply", "destroy", "status"):
            ran = run(cloud, command, project)
            assert ran.exit_code == 3
            assert "component-not-supported" in ran.stderr
        assert scfdeploy("validate", project).exit_code == 3
        assert cloud.calls() == []

    def test_skip_unsupported_deploys_the_rest(self, cloud: LocalServer, project: Path) -> None:
        checked = scfdeploy("validate", project, *self.OPTIONS)
        assert checked.exit_code == 0, checked.stderr
        assert "warning" in checked.stderr + checked.stdout
        done(run(cloud, "apply", project, "--yes", *self.OPTIONS))
        shown = console(cloud).call("GetFunction", FunctionName="api")
        assert shown["VpcConfig"]["VpcId"] == "vpc-0a1b2c3d"
        assert run(cloud, "plan", project, "--detailed-exitcode", *self.OPTIONS).exit_code == 0
        assert done(run(cloud, "status", project, *self.OPTIONS)).stdout.count("\ndefault/") == 1
        done(run(cloud, "destroy", project, "--yes", *self.OPTIONS))
        assert there(cloud) == set()

    def test_saved_plan_keeps_skip_unsupported(self, cloud: LocalServer, project: Path, tmp_path: Path) -> None:
        file = tmp_path / "the.plan"
        done(run(cloud, "plan", project, "--out", str(file), *self.OPTIONS))
        done(scfdeploy("apply", "--plan", file, *self.OPTIONS[1:], env=cloud.env))
        assert there(cloud) == {"api"}
