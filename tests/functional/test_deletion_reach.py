"""A run deletes only resources of instances whose files it has read, or that --instance names."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.instances import write_layer
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project


def run(cloud: LocalServer, command: str, *more: str | Path) -> Ran:
    return scfdeploy(command, *more, env=cloud.env)


def done(ran: Ran) -> Ran:
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    return ran


def apply(cloud: LocalServer, folder: Path, *more: str) -> Ran:
    return done(run(cloud, "apply", folder, "--yes", *more))


def there(cloud: LocalServer, namespace: str = "default") -> set[str]:
    listed = Cloud(cloud.url).call("ListFunctions", Namespace=namespace, Limit=100)["Functions"]
    return {row["FunctionName"] for row in listed}


def left_alone(ran: Ran) -> dict[str, str]:
    return {one["address"]: one["reason"] for one in ran.document["leftAlone"]}


def results(ran: Ran) -> dict[str, str]:
    return {one["address"]: one["status"] for one in ran.document["results"] if one["action"] != "no-op"}


def advised(reason: str) -> list[str]:
    """The command that a reason gives, as a shell reads it, without the program's name."""
    return shlex.split(reason.partition("to delete it: ")[2])[1:]


@pytest.fixture
def checkouts(cloud: LocalServer, tmp_path: Path) -> Path:
    """The folder `here` with the instances aa and bb; cc, of the same app and stage, comes from another checkout."""
    for name in ("aa", "bb"):
        write_project(tmp_path / "here" / name, TIMER, name=name)
    apply(cloud, tmp_path / "here")
    apply(cloud, write_project(tmp_path / "elsewhere", name="cc"))
    return tmp_path / "here"


class TestDestroy:
    def test_folder_of_folders_leaves_another_checkout_alone(self, cloud: LocalServer, checkouts: Path) -> None:
        ran = done(run(cloud, "destroy", checkouts, "--yes"))
        assert there(cloud) == {"cc"}
        assert 'function/default/cc: belongs to instance "cc", whose file was not read' in ran.stdout

    def test_document_lists_what_was_left_alone(self, cloud: LocalServer, checkouts: Path) -> None:
        ran = done(run(cloud, "destroy", checkouts, "--yes", "--format", "json"))
        assert results(ran) == {"function/default/aa": "succeeded", "function/default/bb": "succeeded"}
        assert "--instance cc --target function/default/cc" in left_alone(ran)["function/default/cc"]

    def test_second_run_says_what_is_left(self, cloud: LocalServer, checkouts: Path) -> None:
        done(run(cloud, "destroy", checkouts, "--yes"))
        again = done(run(cloud, "destroy", checkouts, "--yes"))
        assert "--instance cc --target function/default/cc" in again.stdout
        assert "owns nothing" not in again.stdout

    def test_advised_command_deletes_exactly_what_was_left_alone(self, cloud: LocalServer, checkouts: Path) -> None:
        reason = left_alone(run(cloud, "plan", checkouts / "aa", "--prune", "--format", "json"))["function/default/cc"]
        done(scfdeploy(*advised(reason), "--yes"))
        assert there(cloud) == {"aa", "bb"}

    def test_one_folder_lists_its_neighbours_with_the_command(self, cloud: LocalServer, checkouts: Path) -> None:
        ran = done(run(cloud, "destroy", checkouts / "aa", "--yes"))
        assert there(cloud) == {"bb", "cc"}
        for name in ("bb", "cc"):
            assert f"--instance {name} --target function/default/{name}" in ran.stdout

    def test_named_instance_is_deleted_and_read_instances_stay(self, cloud: LocalServer, checkouts: Path) -> None:
        done(run(cloud, "destroy", checkouts, "--instance", "cc", "--yes"))
        assert there(cloud) == {"aa", "bb"}

    def test_several_instances_can_be_named(self, cloud: LocalServer, checkouts: Path) -> None:
        done(run(cloud, "destroy", checkouts, "--instance", "cc", "--instance", "bb", "--yes"))
        assert there(cloud) == {"aa"}

    def test_target_in_another_checkout_is_left_alone(self, cloud: LocalServer, checkouts: Path) -> None:
        ran = done(run(cloud, "destroy", checkouts, "--target", "function/default/cc", "--yes"))
        assert there(cloud) == {"aa", "bb", "cc"}
        assert 'belongs to instance "cc", whose file was not read' in ran.stdout

    def test_instance_that_does_not_exist_is_an_error(self, cloud: LocalServer, checkouts: Path) -> None:
        ran = run(cloud, "destroy", checkouts, "--instance", "nobody", "--yes")
        assert ran.exit_code == 1
        assert "--instance nobody: app" in ran.stderr
        assert there(cloud) == {"aa", "bb", "cc"}

    def test_named_instance_of_other_app_is_not_deleted(
        self, cloud: LocalServer, checkouts: Path, tmp_path: Path
    ) -> None:
        apply(cloud, write_project(tmp_path / "blog", name="dd", app="blog"))
        assert run(cloud, "destroy", checkouts, "--instance", "dd", "--yes").exit_code == 1
        assert "dd" in there(cloud)

    def test_instance_whose_file_is_skipped_is_left_alone(self, cloud: LocalServer, checkouts: Path) -> None:
        (checkouts / "bb" / "serverless.yml").write_text(
            "component: website\nname: bb\napp: shop\ninputs: {src: ./src}\n"
        )
        ran = done(run(cloud, "destroy", checkouts, "--skip-unsupported", "--yes"))
        assert there(cloud) == {"bb", "cc"}
        assert 'function/default/bb: belongs to instance "bb", whose file was not read' in ran.stdout

    def test_instance_whose_file_cannot_be_read_stops_the_run(self, cloud: LocalServer, checkouts: Path) -> None:
        (checkouts / "bb" / "serverless.yml").write_text("component: scf\nname: [bb\n")
        assert run(cloud, "destroy", checkouts, "--yes").exit_code == 3
        assert there(cloud) == {"aa", "bb", "cc"}

    def test_instance_in_a_hidden_folder_is_left_alone(self, cloud: LocalServer, checkouts: Path) -> None:
        (checkouts / "bb").rename(checkouts / ".bb")
        done(run(cloud, "destroy", checkouts, "--yes"))
        assert there(cloud) == {"bb", "cc"}

    def test_function_listed_here_and_owned_by_another_checkout_is_left_alone(
        self, cloud: LocalServer, checkouts: Path
    ) -> None:
        file = checkouts / "aa" / "serverless.yml"
        file.write_text(file.read_text().replace("  name: aa", "  name: cc"))
        ran = done(run(cloud, "destroy", checkouts / "aa", "--yes"))
        assert there(cloud) == {"bb", "cc"}
        assert 'function/default/cc: belongs to instance "cc", whose file was not read' in ran.stdout

    def test_function_left_in_a_former_namespace_is_listed_with_a_command_that_works(
        self, cloud: LocalServer, tmp_path: Path
    ) -> None:
        apply(cloud, write_project(tmp_path, "  namespace: former\n"))
        apply(cloud, write_project(tmp_path, "  namespace: present\n"))
        ran = done(run(cloud, "destroy", tmp_path, "--yes"))
        assert there(cloud, "former") == {"hello"}
        line = next(line for line in ran.stdout.splitlines() if "function/former/hello:" in line)
        done(scfdeploy(*advised(line), "--yes"))
        assert there(cloud, "former") == set()

    def test_layer_of_another_checkout_is_left_alone(self, cloud: LocalServer, tmp_path: Path) -> None:
        apply(cloud, write_layer(tmp_path / "elsewhere"))
        apply(cloud, write_project(tmp_path / "here"))
        ran = done(run(cloud, "destroy", tmp_path / "here", "--yes"))
        assert 'layer/base: belongs to instance "base", whose file was not read' in ran.stdout
        assert Cloud(cloud.url).call("ListLayerVersions", LayerName="base")["LayerVersions"]


class TestPrune:
    def test_function_of_deeper_folder_is_not_deleted(self, cloud: LocalServer, tmp_path: Path) -> None:
        apply(cloud, write_project(tmp_path / "group" / "bb", name="bb"))
        write_project(tmp_path / "cc", name="cc")
        apply(cloud, tmp_path, "--prune")
        assert there(cloud) == {"bb", "cc"}

    def test_prune_deletes_named_instance_too(self, cloud: LocalServer, checkouts: Path) -> None:
        apply(cloud, checkouts, "--prune", "--instance", "cc")
        assert there(cloud) == {"aa", "bb"}

    def test_saved_plan_leaves_another_checkout_alone(
        self, cloud: LocalServer, checkouts: Path, tmp_path: Path
    ) -> None:
        done(run(cloud, "plan", checkouts, "--prune", "--out", tmp_path / "the.plan"))
        done(run(cloud, "apply", "--plan", tmp_path / "the.plan"))
        assert there(cloud) == {"aa", "bb", "cc"}

    def test_saved_plan_keeps_the_named_instance(self, cloud: LocalServer, checkouts: Path, tmp_path: Path) -> None:
        done(run(cloud, "plan", checkouts, "--prune", "--instance", "cc", "--out", tmp_path / "the.plan"))
        done(run(cloud, "apply", "--plan", tmp_path / "the.plan"))
        assert there(cloud) == {"aa", "bb"}

    @pytest.mark.parametrize("more", [("--instance", "cc"), ("--prune", "--instance", "")])
    @pytest.mark.parametrize("command", ["plan", "apply"])
    def test_instance_without_prune_or_name_is_wrong_usage(
        self, cloud: LocalServer, checkouts: Path, command: str, more: tuple[str, ...]
    ) -> None:
        assert run(cloud, command, checkouts, *more).exit_code == 2

    def test_renamed_instance_is_refused_until_it_is_adopted(self, cloud: LocalServer, checkouts: Path) -> None:
        file = checkouts / "aa" / "serverless.yml"
        file.write_text(file.read_text().replace("\nname: a", "\nname: renamed"))
        refused = run(cloud, "apply", checkouts, "--prune", "--yes", "--format", "json")
        assert refused.exit_code == 1
        assert "function/default/aa" in {one["address"] for one in refused_parts(refused)}
        apply(cloud, checkouts, "--prune", "--adopt")
        assert there(cloud) == {"aa", "bb", "cc"}
        done(run(cloud, "destroy", checkouts, "--yes"))
        assert there(cloud) == {"cc"}

    def test_function_of_another_checkout_is_refused_until_it_is_adopted(
        self, cloud: LocalServer, checkouts: Path
    ) -> None:
        file = checkouts / "aa" / "serverless.yml"
        file.write_text(file.read_text().replace("  name: aa", "  name: cc"))
        refused = run(cloud, "plan", checkouts)
        assert refused.exit_code == 1
        assert 'belongs to instance "cc" of app "shop", stage "dev", not to instance "aa"' in refused.stdout
        assert done(run(cloud, "plan", checkouts, "--adopt")).exit_code == 0


def refused_parts(ran: Ran) -> list[dict[str, Any]]:
    return list(ran.document["refused"])


def test_alias_of_a_function_of_an_unread_instance_is_refused(cloud: LocalServer, checkouts: Path) -> None:
    arguments = ("set", "live", "--function", "cc", "--to", "$LATEST", "--yes", "--format", "json")
    refused = run(cloud, "alias", *arguments, "--path", checkouts)
    assert refused.exit_code == 1
    (reason,) = (one["reason"] for one in refused_parts(refused))
    assert reason == 'belongs to instance "cc" of app "shop", stage "dev", whose file was not read'
    assert run(cloud, "alias", *arguments, "--path", checkouts.parent / "elsewhere").exit_code == 0
