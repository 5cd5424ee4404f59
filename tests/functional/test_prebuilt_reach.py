"""With --prebuilt, no path of a project leads out of its checkout."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer

SCF = """\
component: scf
name: hello
app: shop
inputs:
  name: hello
  runtime: Python3.10
  handler: index.main_handler
  src: {src}
"""
MULTI = """\
component: multi-scf
name: hello
app: shop
inputs:
  runtime: Python3.10
  functions:
    one: {handler: index.main_handler, src: {src}}
"""
LAYER = "component: layer\nname: hello\napp: shop\ninputs:\n  name: hello\n  runtimes: [Python3.10]\n  src: {src}\n"
FORMS = {"scf": SCF, "multi-scf": MULTI, "layer": LAYER}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home folder of the machine with credentials."""
    home = tmp_path / "home"
    (home / ".tencentcloud").mkdir(parents=True)
    (home / ".tencentcloud" / "credentials").write_text("[default]\nsecret_id = AKIDmine\nsecret_key = mine\n")
    with zipfile.ZipFile(home / "code.zip", "w") as archive:
        archive.writestr("index.py", "def main_handler(event, context): pass\n")
    return home


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in a checkout, which is the working directory."""
    project = tmp_path / "checkout" / "services" / "hello"
    (project / "src").mkdir(parents=True)
    (project / "src" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    (tmp_path / "checkout" / "shared").mkdir()
    (tmp_path / "checkout" / "shared" / "util.py").write_text("A = 1\n")
    monkeypatch.chdir(tmp_path / "checkout")
    return project


def plan(project: Path, cloud: LocalServer, form: str, src: str, *options: str) -> Ran:
    (project / "serverless.yml").write_text(FORMS[form].replace("{src}", src))
    return scfdeploy("plan", "services/hello", *options, env=cloud.env)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "src",
    [
        "'{home}/.tencentcloud'",
        "../../../home/.tencentcloud",
        "'{home}/code.zip'",
        "./to-home",
        "./to-home/.tencentcloud",
        "./archive.zip",
        "{src: ./src, include: ['{home}/.tencentcloud/credentials']}",
        "{src: ./src, include: [../../../../home/.tencentcloud]}",
        "{src: ./src, include: [../to-home/.tencentcloud/credentials]}",
        "{src: ./src, include: [../../../shared, ../keys]}",
        "{src: ./src, dist: '{home}/.tencentcloud'}",
        "{src: ./src, hook: 'true', dist: '{home}/.tencentcloud'}",
        "{src: '{home}/.tencentcloud', bucket: mine}",
        "/proc/self",
        "'{checkout}-beside'",
    ],
)
def test_path_out_of_prebuilt_checkout_is_refused(
    project: Path, home: Path, cloud: LocalServer, form: str, src: str
) -> None:
    (project / "to-home").symlink_to(home)
    (project / "keys").symlink_to(home / ".tencentcloud" / "credentials")
    (project / "archive.zip").symlink_to(home / "code.zip")
    beside = Path(f"{Path.cwd()}-beside")
    beside.mkdir()
    ran = plan(
        project, cloud, form, src.replace("{home}", str(home)).replace("{checkout}", str(Path.cwd())), "--prebuilt"
    )
    assert ran.exit_code == 3
    assert "[src-outside]" in ran.stderr
    assert "AKIDmine" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("src", ["./src", "{src: ./src, include: [../../../shared]}", "./inside"])
def test_path_in_prebuilt_checkout_is_packed(project: Path, cloud: LocalServer, form: str, src: str) -> None:
    (project / "inside").symlink_to(project / "src")
    ran = plan(project, cloud, form, src, "--prebuilt")
    assert ran.exit_code == 0, ran.stderr


def test_path_out_of_checkout_is_packed_without_prebuilt(project: Path, cloud: LocalServer, home: Path) -> None:
    assert plan(project, cloud, "scf", f"'{home}/code.zip'").exit_code == 0


def test_project_outside_working_directory_reaches_its_own_folder_only(project: Path, cloud: LocalServer) -> None:
    other = Path.cwd().parent / "other"
    project.rename(other)
    env = cloud.env
    (other / "serverless.yml").write_text(SCF.replace("{src}", "./src"))
    assert scfdeploy("plan", other, "--prebuilt", env=env).exit_code == 0
    (other / "serverless.yml").write_text(SCF.replace("{src}", "{src: ./src, include: [../../checkout/shared]}"))
    assert "[src-outside]" in scfdeploy("plan", other, "--prebuilt", env=env).stderr


@pytest.mark.parametrize("linked", ["file", "folder"])
def test_linked_serverless_yml_out_of_prebuilt_checkout_is_not_read(
    project: Path, home: Path, cloud: LocalServer, linked: str
) -> None:
    if linked == "file":
        (project / "serverless.yml").symlink_to(home / ".tencentcloud" / "credentials")
    else:
        (home / "serverless.yml").write_text("secret_key = mine\n")
        project.rename(project.parent / "old")
        project.symlink_to(home)
    ran = scfdeploy("plan", "services/hello", "--prebuilt", env=cloud.env)
    assert ran.exit_code == 3
    assert "[src-outside]" in ran.stderr
    assert "mine" not in ran.stderr
