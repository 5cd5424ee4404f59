"""Dependencies of Python functions are installed for the function's interpreter, and packaged beside its code."""

from __future__ import annotations

import shutil
import signal
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.command_process import command_process
from tests.support.local_server import LocalServer
from tests.support.packaging import write_tree
from tests.support.wheels import use_installer, use_program, write_wheel

PROJECT = """\
component: scf
name: hello
app: shop
inputs:
  name: hello
  src: {src}
  runtime: Python3.10
  handler: index.main_handler
"""
CODE = "import alpha\n\n\ndef main_handler(event, context):\n    return alpha.NAME\n"
CREDENTIALS = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder of wheels; `alpha` requires `older` for Python before 3.11, on which the tests do not run."""
    folder = tmp_path / "wheels"
    requires = ['older==1.0; python_version < "3.11"', 'newer==1.0; python_version >= "3.11"']
    files = {"alpha/__init__.py": "import older\n\nNAME = 'alpha'\n", "alpha/data.txt": "data"}
    write_wheel(folder, "alpha", files=files, requires=requires, commands="alpha = alpha:main")
    write_wheel(folder, "older")
    write_wheel(folder, "newer")
    write_wheel(folder, "native", tag="cp310-cp310-manylinux_2_17_x86_64")
    write_wheel(folder, "elsewhere", tag="cp310-cp310-macosx_11_0_arm64")
    return folder


@pytest.fixture(params=["pip", "uv"])
def installer(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    use_installer(request.param, tmp_path, monkeypatch)
    return str(request.param)


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_installer("pip", tmp_path, monkeypatch)


def project(folder: Path, wheels: Path, *requirements: str, src: str = "./src", at: str = "src") -> Path:
    write_tree(folder, {"serverless.yml": PROJECT.format(src=src), "src/index.py": CODE})
    require(folder / at, wheels, *requirements)
    return folder


def require(folder: Path, wheels: Path, *requirements: str) -> None:
    lines = ("--no-index", f"--find-links {wheels}", *requirements)
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in lines))


def build(folder: Path, *options: str, **env: str) -> dict[str, Any]:
    """What `build` says of the only function."""
    ran = scfdeploy("build", folder, "--format", "json", *options, env=env)
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    (bundle,) = ran.document["bundles"]
    return dict(bundle)


def names(bundle: dict[str, Any]) -> list[str]:
    with zipfile.ZipFile(bundle["path"]) as archive:
        return archive.namelist()


def rules(ran: Ran) -> list[str]:
    return [finding["rule"] for finding in ran.document["diagnostics"]]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def test_applied_function_imports_its_dependency(
    tmp_path: Path, wheels: Path, cloud: LocalServer, installer: str
) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    source = tree(folder / "src")
    applied = scfdeploy("apply", folder, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    assert "Installing the dependencies of function/default/hello: requirements.txt, for Python3.10" in applied.stderr
    assert "dependency conflicts" not in applied.stderr
    env = {**cloud.env, "PATH": "/usr/bin:/bin"}
    assert scfdeploy("invoke", "hello", "--path", folder, env=env).stdout.strip().startswith('"alpha"')
    assert tree(folder / "src") == source


def test_packages_are_those_of_the_functions_interpreter_without_leftovers(
    tmp_path: Path, wheels: Path, installer: str
) -> None:
    bundle = build(project(tmp_path / "project", wheels, "alpha==1.0", "native==1.0"))
    assert names(bundle) == [
        "alpha-1.0.dist-info/METADATA",
        "alpha-1.0.dist-info/WHEEL",
        "alpha-1.0.dist-info/entry_points.txt",
        "alpha/__init__.py",
        "alpha/data.txt",
        "index.py",
        "native-1.0.dist-info/METADATA",
        "native-1.0.dist-info/WHEEL",
        "native.py",
        "older-1.0.dist-info/METADATA",
        "older-1.0.dist-info/WHEEL",
        "older.py",
        "requirements.txt",
    ]
    assert bundle["dependencies"]["manager"] == installer
    assert bundle["dependencies"]["packages"] == 3


def test_bytes_are_the_same_by_uv_and_pip_and_in_a_second_checkout(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = set()
    for name in ("uv", "pip"):
        (tmp_path / name).mkdir()
        with monkeypatch.context() as patch:
            use_installer(name, tmp_path / name, patch)
            for checkout in ("one", "two"):
                digests.add(build(project(tmp_path / name / checkout, wheels, "alpha", "native"))["sha256"])
    assert len(digests) == 1


def test_unchanged_dependencies_are_not_installed_again(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    first = build(folder)
    shutil.rmtree(wheels)
    (folder / "src" / "index.py").write_text(f"{CODE}\nCHANGED = True\n")
    again = scfdeploy("build", folder, "--format", "json")
    assert again.exit_code == 0, again.stderr
    assert again.stderr == ""
    assert again.document["bundles"][0]["dependencies"] == first["dependencies"]


def test_changed_requirements_are_installed(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    first = build(folder)
    require(folder / "src", wheels, "native==1.0")
    second = build(folder)
    assert second["dependencies"]["path"] != first["dependencies"]["path"]
    assert "native.py" in names(second)
    assert "older.py" not in names(second)


def test_changed_installation_is_not_trusted(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    first = build(folder)
    installed = Path(first["dependencies"]["path"], "alpha", "__init__.py")
    installed.write_text(installed.read_text().replace("older", "evil!"))
    assert build(folder)["sha256"] == first["sha256"]
    assert "evil" not in installed.read_text()


def test_installation_that_came_with_a_clone_is_not_trusted(tmp_path: Path, wheels: Path, pip: None) -> None:
    first = build(project(tmp_path / "project", wheels, "alpha==1.0"))
    clone = shutil.copytree(tmp_path / "project", tmp_path / "clone", copy_function=shutil.copy2)
    installed = clone / Path(first["dependencies"]["path"]).relative_to(tmp_path / "project")
    (installed / "alpha" / "__init__.py").write_text("import evil\n")
    assert build(clone)["sha256"] == first["sha256"]


def test_link_in_place_of_an_installation_is_replaced(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    first = build(folder)
    installed = Path(first["dependencies"]["path"])
    outside = shutil.move(installed, tmp_path / "outside")
    installed.symlink_to(outside)
    assert build(folder)["sha256"] == first["sha256"]
    assert not installed.is_symlink()
    assert (tmp_path / "outside" / "older.py").exists()


def test_prebuilt_project_uses_what_the_build_job_installed(
    tmp_path: Path, wheels: Path, pip: None, cloud: LocalServer
) -> None:
    first = build(project(tmp_path / "project", wheels, "alpha==1.0"))
    other = shutil.copytree(tmp_path / "project", tmp_path / "other-machine")
    shutil.rmtree(wheels)
    applied = scfdeploy("apply", other, "--prebuilt", "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    assert rules(applied) == []
    planned = scfdeploy("plan", tmp_path / "project", "--format", "json", env=cloud.env)
    assert planned.document["summary"]["unchanged"] == 1, first


def test_prebuilt_project_without_installation_is_reported(
    tmp_path: Path, wheels: Path, pip: None, cloud: LocalServer
) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    planned = scfdeploy("plan", folder, "--prebuilt", "--format", "json", env=cloud.env)
    assert planned.exit_code == 0
    assert rules(planned) == ["build-missing"]
    assert scfdeploy("plan", folder, "--prebuilt", "--strict", env=cloud.env).exit_code == 3


def test_prebuilt_project_with_packages_beside_the_code_is_complete(
    tmp_path: Path, wheels: Path, pip: None, cloud: LocalServer
) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    write_tree(folder, {"src/alpha.py": "NAME = 'mine'\n", "src/alpha-1.0.dist-info/METADATA": ""})
    planned = scfdeploy("plan", folder, "--prebuilt", "--format", "json", env=cloud.env)
    assert (planned.exit_code, rules(planned)) == (0, [])


def test_prebuilt_project_reads_no_file_outside_the_checkout(
    tmp_path: Path, wheels: Path, pip: None, cloud: LocalServer
) -> None:
    folder = project(tmp_path / "project", wheels, "-r ../../../keys")
    (tmp_path / "keys").write_text("key_of_the_machine = 0123\n")
    planned = scfdeploy("plan", folder, "--prebuilt", "--format", "json", env=cloud.env)
    assert rules(planned) == ["build-missing"]
    assert "key_of_the_machine" not in planned.stdout + planned.stderr


def test_status_compares_with_installed_dependencies_and_installs_none(
    tmp_path: Path, wheels: Path, pip: None, cloud: LocalServer
) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    deployed = scfdeploy("status", folder, "--format", "json", env=cloud.env)
    assert (rules(deployed), deployed.document["functions"][0]["drift"]) == ([], [])
    shutil.rmtree(folder / ".scfdeploy" / "build")
    assert rules(scfdeploy("status", folder, "--format", "json", env=cloud.env)) == ["build-missing"]
    assert not (folder / ".scfdeploy" / "build").exists()


@pytest.mark.parametrize("missing", ["elsewhere==1.0", "unknown==2.0", "alpha==9"])
def test_package_without_wheel_is_named_and_nothing_is_kept(
    tmp_path: Path, wheels: Path, cloud: LocalServer, installer: str, missing: str
) -> None:
    folder = project(tmp_path / "project", wheels, "older==1.0", missing)
    applied = scfdeploy("apply", folder, "--yes", env=cloud.env)
    assert applied.exit_code == 3
    if installer == "pip" or missing.startswith("elsewhere"):
        assert "serverless.yml:6:8: error: Dependency has no wheel for the function [dependency-without-wheel]" in (
            applied.stderr
        )
        assert f'"{missing}" was found for Python 3.10 on Linux x86-64 with glibc 2.17' in applied.stderr
        assert "src: {build: {scripts: true}}" in applied.stderr
    else:
        assert missing.partition("==")[0] in applied.stderr
    assert [path for path in (folder / ".scfdeploy" / "build").iterdir() if path.suffix != ".lock"] == []
    assert cloud.writes() == []


def test_wrong_hash_is_refused(tmp_path: Path, wheels: Path, installer: str) -> None:
    folder = project(tmp_path / "project", wheels, f"older==1.0 --hash=sha256:{'0' * 64}")
    ran = scfdeploy("build", folder, "--format", "json")
    assert ran.exit_code == 3
    assert rules(ran) == ["build-failed"]


def test_right_hash_is_accepted(tmp_path: Path, wheels: Path, installer: str) -> None:
    digest = write_wheel(wheels, "hashed")
    assert "hashed.py" in names(build(project(tmp_path / "project", wheels, f"hashed==1.0 --hash={digest}")))


def test_versions_that_are_not_pinned_are_reported_once(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "alpha", "native==1.0")
    first = scfdeploy("build", folder, "--format", "json")
    assert rules(first) == ["dependencies-unpinned"]
    assert '"alpha"' in first.document["diagnostics"][0]["detail"]
    assert rules(scfdeploy("build", folder, "--format", "json")) == []


@pytest.mark.parametrize("at", [".", "functions"])
def test_manifest_in_a_parent_folder_counts(tmp_path: Path, wheels: Path, pip: None, at: str) -> None:
    folder = project(tmp_path / "project", wheels, "native==1.0", src="./functions/one", at="src")
    write_tree(folder / "functions" / "one", {"index.py": CODE})
    require(folder / at, wheels, "older==1.0")
    bundle = build(folder)
    assert "older.py" in names(bundle)
    assert "native.py" not in names(bundle)


OFF = {
    "option": ("./src", {}, ("--no-build",)),
    "key": ("{src: ./src, build: false}", {}, ()),
    "hook": ("{src: ./src, hook: 'true'}", {}, ()),
    "packages beside the code": ("./src", {"src/six-1.0.dist-info/METADATA": ""}, ()),
    "packages in a folder": ("./src", {"src/vendor/six-1.0.dist-info/METADATA": ""}, ()),
}


@pytest.mark.parametrize("case", OFF)
def test_nothing_is_installed_when_the_build_is_off(tmp_path: Path, wheels: Path, pip: None, case: str) -> None:
    src, files, options = OFF[case]
    folder = write_tree(project(tmp_path / "project", wheels, "alpha", src=src), files)
    assert build(folder, *options)["dependencies"] is None


@pytest.mark.parametrize(
    ("src", "files"),
    [
        ("{src: ./src, build: true, hook: 'true'}", {}),
        ("{src: ./src, build: true}", {"src/six-1.0.dist-info/METADATA": ""}),
        ("{src: ./src, exclude: ['six-*']}", {"src/six-1.0.dist-info/METADATA": ""}),
    ],
)
def test_dependencies_are_installed_when_the_file_says_so(
    tmp_path: Path, wheels: Path, pip: None, src: str, files: dict[str, str | bytes]
) -> None:
    folder = write_tree(project(tmp_path / "project", wheels, "older==1.0", src=src), files)
    assert "older.py" in names(build(folder))


def test_required_build_without_dependencies_is_an_error(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, src="{src: ./src, build: true}")
    ran = scfdeploy("build", folder, "--format", "json")
    assert ran.exit_code == 3
    (finding,) = (finding for finding in ran.document["diagnostics"] if finding["severity"] == "error")
    assert (finding["rule"], finding["line"], finding["column"]) == ("build-nothing", 6, 28)


def test_required_build_for_another_runtime_is_an_error(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "older", src="{src: ./src, build: true}")
    file = folder / "serverless.yml"
    file.write_text(file.read_text().replace("Python3.10", "Php8.0"))
    write_tree(folder, {"src/index.php": "<?php\nfunction main_handler($event, $context) {}\n"})
    assert "build-unsupported" in rules(scfdeploy("build", folder, "--format", "json"))


def test_file_of_the_code_takes_the_place_of_an_installed_one(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "older==1.0")
    (folder / "src" / "older.py").write_text("MINE = True\n")
    ran = scfdeploy("build", folder, "--format", "json")
    assert rules(ran) == ["package-hidden"]
    with zipfile.ZipFile(ran.document["bundles"][0]["path"]) as archive:
        assert archive.read("older.py") == b"MINE = True\n"


@pytest.mark.parametrize(
    "line", ["-e ./lib", "./lib", "git+https://example.com/tool.git", "tool @ https://example.com/tool-1.tar.gz",
             "--no-binary :all:"],
)  # fmt: skip
def test_source_code_among_requirements_is_refused(tmp_path: Path, wheels: Path, pip: None, line: str) -> None:
    folder = project(tmp_path / "project", wheels, "older==1.0", line)
    write_tree(folder, {"src/lib/setup.py": "open('ran', 'w')\n"})
    ran = scfdeploy("build", folder, "--format", "json")
    assert (ran.exit_code, rules(ran)) == (3, ["dependency-from-source"])
    assert not list(folder.rglob("ran"))


def test_layer_with_one_runtime_gets_its_dependencies(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = write_tree(
        tmp_path / "layer",
        {
            "serverless.yml": "component: layer\nname: libs\napp: shop\ninputs:\n  name: libs\n"
            "  runtimes: [Python3.10]\n  src: {src: ./content, targetDir: python}\n",
            "content/readme.txt": "text",
        },
    )
    require(folder, wheels, "older==1.0")
    assert "python/older.py" in names(build(folder))
    file = folder / "serverless.yml"
    file.write_text(file.read_text().replace("[Python3.10]", "[Python3.9, Python3.10]"))
    assert build(folder)["dependencies"] is None


def test_functions_with_the_same_dependencies_install_them_once(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "older==1.0")
    (folder / "serverless.yml").write_text(
        "component: multi-scf\nname: hello\ninputs:\n  src: ./src\n  runtime: Python3.10\n"
        "  functions: {one: {handler: index.main_handler}, two: {handler: index.main_handler}}\n"
    )
    ran = scfdeploy("build", folder)
    assert ran.exit_code == 0
    assert ran.stderr.count("Installing the dependencies") == 1
    assert ran.stdout.count("Dependencies: 1 package") == 2


def test_installer_gets_the_environment_without_credentials(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_program("uv", f"env > {tmp_path}/seen", tmp_path, monkeypatch)
    folder = project(tmp_path / "project", wheels, "older==1.0")
    (folder / ".env").write_text("DB_PASSWORD=from-the-file\n")
    env = {**CREDENTIALS, "HOME": str(folder), "MY_COPY": "local-secret", "KEPT": "kept"}
    assert scfdeploy("build", folder, env=env).exit_code == 0
    seen = (tmp_path / "seen").read_text()
    assert "KEPT=kept\n" in seen
    assert [text for text in ("local-secret", "AKIDlocal", "from-the-file") if text in seen] == []


def test_failed_installer_is_reported_with_its_last_lines(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_program("uv", "echo one; printf '\\033[31mtwo\\n'; exit 7", tmp_path, monkeypatch)
    ran = scfdeploy("build", project(tmp_path / "project", wheels, "older==1.0"))
    assert ran.exit_code == 3
    assert "error: Dependencies cannot be installed [build-failed]" in ran.stderr
    assert "exit code 7" in ran.stderr
    assert "\x1b" not in ran.stderr


def test_installer_beyond_the_time_limit_is_ended(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_program("uv", "sleep 600", tmp_path, monkeypatch)
    folder = project(tmp_path / "project", wheels, "older==1.0")
    ran = scfdeploy("build", folder, "--hook-timeout", "1")
    assert ran.exit_code == 3
    assert "did not end within 1 seconds and was stopped" in ran.stderr
    assert "--hook-timeout" in ran.stderr
    assert [path for path in (folder / ".scfdeploy" / "build").iterdir() if path.suffix != ".lock"] == []


def test_signal_during_an_installation_leaves_nothing(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_program("uv", "echo begun; sleep 600", tmp_path, monkeypatch)
    folder = project(tmp_path / "project", wheels, "older==1.0")
    with command_process("build", folder) as process:
        next(line for line in process.stderr if line.startswith("begun"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 130
    assert [path for path in (folder / ".scfdeploy" / "build").iterdir() if path.suffix != ".lock"] == []


def test_validate_installs_nothing(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_program("uv", f"touch {tmp_path}/ran", tmp_path, monkeypatch)
    folder = project(tmp_path / "project", wheels, "older==1.0", src="{src: ./src, build: true}")
    assert scfdeploy("validate", folder).exit_code == 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("tag", ["py3-none-any", "cp39-cp39-linux_x86_64"])
def test_scripts_allow_source_builds_that_the_function_can_load(
    tmp_path: Path, wheels: Path, installer: str, tag: str
) -> None:
    write_wheel(tmp_path / "made", "made", tag=tag)
    project_file = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    backend = (
        "import shutil\n\ndef build_wheel(folder, *_, **__):\n"
        f"    return shutil.copy({str(tmp_path / 'made' / f'made-1.0-{tag}.whl')!r}, folder).rpartition('/')[2]\n"
    )
    metadata = "Metadata-Version: 2.1\nName: made\nVersion: 1.0\n"
    source = {"pyproject.toml": project_file, "backend.py": backend, "PKG-INFO": metadata}
    write_tree(tmp_path / "made-1.0", source)
    shutil.make_archive(str(wheels / "made-1.0"), "gztar", tmp_path, "made-1.0")
    folder = project(tmp_path / "project", wheels, "made==1.0", src="{src: ./src, build: {scripts: true}}")
    ran = scfdeploy("build", folder, "--format", "json")
    if tag == "py3-none-any":
        assert ran.exit_code == 0, ran.stderr + ran.stdout
        assert "made.py" in names(ran.document["bundles"][0])
    else:
        assert (ran.exit_code, rules(ran)) == (3, ["dependency-for-other-platform"]), ran.stderr


def test_simulation_runs_a_function_with_its_installed_dependencies(tmp_path: Path, wheels: Path, pip: None) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    command = ("simulate", "--path", folder, "--function", "hello", "--format", "json")
    early = scfdeploy(*command, env={"PATH": "/usr/bin:/bin"})
    assert early.exit_code == 1
    assert "Run `scfdeploy build` first" in early.document["error"]["hint"], early.stdout
    build(folder)
    ran = scfdeploy(*command, env={"PATH": "/usr/bin:/bin"})
    assert ran.exit_code == 0, ran.stderr
    assert ran.document["runs"][0]["events"][0]["end"] == "finished"


def test_import_reports_that_a_plan_would_install_dependencies(
    tmp_path: Path, wheels: Path, pip: None, cloud: LocalServer
) -> None:
    folder = project(tmp_path / "project", wheels, "alpha==1.0")
    assert scfdeploy("apply", folder, "--no-build", "--yes", env=cloud.env).exit_code == 0
    taken = scfdeploy("import", "hello", "--code", "--out", tmp_path / "taken", "--format", "json", env=cloud.env)
    assert rules(taken) == ["build-missing"]
