"""Rarely used settings, such as file systems, images and web sockets: created, updated, cleared, replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer

HELLO = "function/default/hello"
EVENT = "  src: ./src\n  runtime: Python3.10\n  handler: index.main_handler\n"
NODE = "  src: ./src\n  runtime: Nodejs18.15\n  handler: index.main_handler\n"
WEB = "  src: ./src\n  runtime: Python3.10\n  type: web\n"
SOCKET = WEB + "  protocolType: WS\n"
IN_VPC = EVENT + "  vpcConfig: {vpcId: vpc-aaaaaaaa, subnetId: subnet-bbbbbbbb}\n"
REPOSITORY = "ccr.ccs.tencentyun.com/shop/api"
DIGEST = "sha256:" + "ab" * 32


def mount(directory: str = "/mnt/data", more: str = "") -> str:
    return f"{{cfsId: cfs-1, localMountDir: {directory}, remoteMountDir: /{more}}}"


def image(tag: str = ":1", more: str = "") -> str:
    return f'  image: {{imageUrl: "{REPOSITORY}{tag}"{more}}}\n'


def shown(directory: str = "/mnt/data", user: int = 10000, target: str = "cfs-1") -> dict[str, Any]:
    return {
        "cfsId": "cfs-1",
        "localMountDir": directory,
        "mountInsId": target,
        "remoteMountDir": "/",
        "userGroupId": 10000,
        "userId": user,
    }


# What is written around it, the setting, what it is changed to, and which fields the plan then shows.
CHANGES: dict[str, tuple[str, str, str, dict[str, tuple[object, object]]]] = {
    "disk": (EVENT, "  diskSize: 512\n", "  diskSize: 1024\n", {"diskSize": (512, 1024)}),
    "disk of its own": (EVENT, "", "  diskSize: 1024\n", {"diskSize": (None, 1024)}),
    "smaller disk": (EVENT, "  diskSize: 1024\n", "  diskSize: 768\n", {"diskSize": (1024, 768)}),
    "l5": (EVENT, "  l5Enable: true\n", "  l5Enable: false\n", {"l5Enable": (True, False)}),
    "l5 of its own": (EVENT, "", "  l5Enable: true\n", {"l5Enable": (False, True)}),
    "dns cache": (EVENT, "  dnsCache: true\n", "  dnsCache: false\n", {"dnsCache": (True, False)}),
    "log": (EVENT, "  ignoreSysLog: true\n", "  ignoreSysLog: false\n", {"ignoreSysLog": (True, False)}),
    "log of its own": (EVENT, "", "  ignoreSysLog: true\n", {"ignoreSysLog": (None, True)}),
    "dependencies": (
        NODE,
        "  installDependency: false\n",
        "  installDependency: true\n",
        {"installDependency": (False, True)},
    ),
    "fixed address": (
        IN_VPC,
        "  intranetConfig: {ipFixed: true}\n",
        "  intranetConfig: {ipFixed: false}\n",
        {"intranetConfig.ipFixed": (True, False)},
    ),
    "fixed address cleared": (
        IN_VPC,
        "  intranetConfig: {ipFixed: true}\n",
        "  intranetConfig: {}\n",
        {"intranetConfig.ipFixed": (True, None)},
    ),
    "mount": (
        IN_VPC,
        f"  cfs: [{mount()}]\n",
        f"  cfs: [{mount(more=', userId: 7')}]\n",
        {"cfs": ([shown()], [shown(user=7)])},
    ),
    "second mount": (
        IN_VPC,
        f"  cfs: [{mount('/mnt/b')}]\n",
        f"  cfs: [{mount('/mnt/b')}, {mount('/mnt/a', ', mountInsId: cfs-9')}]\n",
        {"cfs": ([shown("/mnt/b")], [shown("/mnt/a", target="cfs-9"), shown("/mnt/b")])},
    ),
    "mounts cleared": (IN_VPC, f"  cfs: [{mount()}]\n", "  cfs: []\n", {"cfs": ([shown()], None)}),
    "idle time": (
        SOCKET,
        "  protocolParams: {wsParams: {idleTimeOut: 20}}\n",
        "  protocolParams: {wsParams: {idleTimeOut: 30}}\n",
        {"protocolParams.wsParams.idleTimeOut": (20, 30)},
    ),
    "idle time cleared": (
        SOCKET,
        "  protocolParams: {wsParams: {idleTimeOut: 20}}\n",
        "  protocolParams: {}\n",
        {"protocolParams.wsParams.idleTimeOut": (20, None)},
    ),
    "several requests": (
        WEB,
        "  instanceConcurrencyConfig: {enable: true, maxConcurrency: 10}\n",
        "  instanceConcurrencyConfig: {enable: true, maxConcurrency: 20}\n",
        {"instanceConcurrencyConfig.maxConcurrency": (10, 20)},
    ),
    "as many as the platform likes": (
        WEB,
        "  instanceConcurrencyConfig: {enable: true, maxConcurrency: 10}\n",
        "  instanceConcurrencyConfig: {enable: true, maxConcurrency: 10, dynamicEnabled: true}\n",
        {"instanceConcurrencyConfig.dynamicEnabled": (False, True)},
    ),
    "one request at a time": (
        WEB,
        "  instanceConcurrencyConfig: {maxConcurrency: 10}\n",
        "  instanceConcurrencyConfig: {enable: false, maxConcurrency: 10}\n",
        {"instanceConcurrencyConfig.enable": (True, False)},
    ),
    "several requests at last": (
        WEB,
        "  instanceConcurrencyConfig: {enable: false}\n",
        "  instanceConcurrencyConfig: {enable: true}\n",
        {"instanceConcurrencyConfig.enable": (False, True)},
    ),
}


@pytest.fixture
def roomy(cloud: LocalServer) -> LocalServer:
    """A server whose account may have larger disks."""
    cloud.control("settings", {"disk_max_mb": 1024})
    return cloud


def project(folder: Path, inputs: str) -> Path:
    (folder / "src").mkdir(exist_ok=True)
    for name in ("index.py", "index.js"):
        (folder / "src" / name).write_text("exports.main_handler = main_handler = 0\n")
    (folder / "src" / "scf_bootstrap").write_text("#!/bin/bash\n")
    (folder / "src" / "scf_bootstrap").chmod(0o755)
    head = "component: scf\nname: hello\napp: shop\ninputs:\n  name: hello\n"
    (folder / "serverless.yml").write_text(head + inputs)
    return folder


def deploy(folder: Path, inputs: str, server: LocalServer) -> None:
    """Apply, and see that there is nothing left to do, also from another checkout."""
    applied = scfdeploy("apply", project(folder, inputs), "--yes", env=server.env)
    assert applied.exit_code == 0, applied.stderr
    for file in (folder / ".scfdeploy").rglob("*"):
        if file.is_file():
            file.unlink()
    planned = scfdeploy("plan", folder, "--detailed-exitcode", env=server.env)
    assert planned.exit_code == 0, planned.stdout


def planned(folder: Path, inputs: str, server: LocalServer) -> tuple[str, dict[str, tuple[object, object]]]:
    """What happens to the function, and before and after of each of its fields but the code."""
    document = scfdeploy("plan", project(folder, inputs), "--format", "json", env=server.env).document
    change = next(one for one in document["changes"] if one["address"] == HELLO)
    fields = {field["path"]: (field["before"], field["after"]) for field in change["fields"] if field["path"] != "src"}
    return change["action"], fields


@pytest.mark.parametrize(("base", "first", "second", "fields"), CHANGES.values(), ids=CHANGES.keys())
def test_change_is_shown_alone_and_made_in_place(
    base: str, first: str, second: str, fields: dict[str, tuple[object, object]], tmp_path: Path, roomy: LocalServer
) -> None:
    deploy(tmp_path, base + first, roomy)

    found = planned(tmp_path, base + second, roomy)
    before = len(roomy.writes())
    deploy(tmp_path, base + second, roomy)

    assert found == ("update" if fields else "no-op", fields)
    assert set(roomy.writes()[before:]) <= {"UpdateFunctionConfiguration", "ModifyResourceTags"}


IMAGES: dict[str, tuple[str, str, dict[str, tuple[object, object]]]] = {
    "another tag": (image(), image(":2"), {"image.imageUrl": (f"{REPOSITORY}:1@{{digest}}", f"{REPOSITORY}:2")}),
    "the digest of the same tag": (image(":1@" + DIGEST), image(), {}),
    "only the digest": (image(":1@" + DIGEST), image("@" + DIGEST), {}),
    "another digest": (
        image(":1@" + DIGEST),
        image(":1@sha256:" + "cd" * 32),
        {"image.imageUrl": (f"{REPOSITORY}:1@{DIGEST}", f"{REPOSITORY}:1@sha256:" + "cd" * 32)},
    ),
    "other arguments": (
        image(more=", args: -u app.py"),
        image(more=", args: -v app.py"),
        {"image.args": ("-u app.py", "-v app.py")},
    ),
    "arguments no more": (image(more=", args: -u app.py"), image(), {"image.args": ("-u app.py", None)}),
    "a job": (image(), image(more=", imagePort: -1"), {"image.imagePort": (9000, -1)}),
    "made quicker": (
        image(),
        image(more=", containerImageAccelerate: true"),
        {"image.containerImageAccelerate": (False, True)},
    ),
    "a registry of one's own": (
        image(),
        image(more=", registryId: tcr-1"),
        {"image.imageType": ("personal", "enterprise"), "image.registryId": (None, "tcr-1")},
    ),
}


@pytest.mark.parametrize(("first", "second", "fields"), IMAGES.values(), ids=IMAGES.keys())
def test_change_of_an_image_goes_with_the_code(
    first: str, second: str, fields: dict[str, tuple[str, object]], tmp_path: Path, cloud: LocalServer
) -> None:
    deploy(tmp_path, first, cloud)

    action, found = planned(tmp_path, second, cloud)
    before = len(cloud.writes())
    deploy(tmp_path, second, cloud)

    assert found.keys() == fields.keys()
    for path, (old, new) in fields.items():
        stable = old.split("{digest}")[0] if isinstance(old, str) else old
        assert found[path][1] == new
        assert str(found[path][0]).startswith(str(stable))
    assert action == ("update" if fields else "no-op")
    assert cloud.writes()[before:] == (["UpdateFunctionCode"] if fields else [])


REPLACED: dict[str, tuple[str, str, set[str]]] = {
    "code by an image": (EVENT, image(), {"deployMode", "image.imageUrl"}),
    "an image by code": (image(), EVENT, {"deployMode", "runtime", "handler"}),
    "a web socket": (WEB, SOCKET, {"protocolType"}),
    "a graphics card": (image(), image() + "  nodeType: GPU\n", {"nodeType"}),
    "another graphics card": (
        image() + "  nodeType: GPU\n  nodeSpec: GN7.LARGE20\n",
        image() + "  nodeType: GPU\n  nodeSpec: GN7.2XLARGE32\n",
        {"nodeSpec"},
    ),
}


@pytest.mark.parametrize(("first", "second", "paths"), REPLACED.values(), ids=REPLACED.keys())
def test_immutable_setting_change_replaces_function(
    first: str, second: str, paths: set[str], tmp_path: Path, cloud: LocalServer
) -> None:
    deploy(tmp_path, first, cloud)

    action, fields = planned(tmp_path, second, cloud)
    deploy(tmp_path, second, cloud)

    assert (action, fields.keys()) == ("replace", paths)


def test_disk_above_account_limit_is_reported_with_code(tmp_path: Path, cloud: LocalServer) -> None:
    applied = scfdeploy("apply", project(tmp_path, EVENT + "  diskSize: 1024\n"), "--yes", env=cloud.env)

    assert applied.exit_code == 1
    assert "UnsupportedOperation.DiskSize" in applied.stderr + applied.stdout


def test_write_only_tags_are_not_user_tags(tmp_path: Path, roomy: LocalServer) -> None:
    deploy(tmp_path, EVENT + "  tags: {team: blue}\n  diskSize: 1024\n  ignoreSysLog: true\n", roomy)

    found = planned(tmp_path, EVENT + "  tags: {}\n  diskSize: 1024\n  ignoreSysLog: true\n", roomy)

    assert found == ("update", {"tags.team": ("blue", None)})


TIMER = '  events:\n    - timer: {parameters: {name: tick, cronExpression: "0 0 2 * * * *"}}\n'


def test_ignored_triggers_are_not_changed(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, EVENT + TIMER, cloud)

    document = scfdeploy(
        "plan", project(tmp_path, EVENT + "  ignoreTriggers: true\n"), "--format", "json", env=cloud.env
    ).document
    deploy(tmp_path, EVENT + "  ignoreTriggers: true\n", cloud)
    status = scfdeploy("status", tmp_path, "--format", "json", env=cloud.env).document

    address = "trigger/default/hello/timer/tick"
    assert [change["address"] for change in document["changes"]] == [HELLO]
    assert document["leftAlone"] == [{"address": address, "reason": "ignoreTriggers is true"}]
    assert [trigger["address"] for trigger in status["functions"][0]["triggers"]] == [address]


def test_new_function_that_ignores_triggers_gets_none(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, EVENT + TIMER + "  ignoreTriggers: true\n", cloud)

    assert "CreateTrigger" not in cloud.calls()


def test_replacement_lists_deleted_ignored_triggers(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, EVENT + TIMER, cloud)

    shown = scfdeploy("plan", project(tmp_path, image() + "  ignoreTriggers: true\n"), env=cloud.env).stdout

    assert "ignoreTriggers is true, so no trigger is recreated: timer/tick." in " ".join(shown.split())
