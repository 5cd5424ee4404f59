"""Installation of Node.js packages by npm, pnpm and yarn, from a registry on loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.packager.build import nodejs
from scfdeploy.packager.build.dependencies import BuildError, CommandFailed
from scfdeploy.packager.command import CommandResult
from tests.support.npm_registry import NpmPackage, NpmRegistry, npm_registry

TOKEN = "npm_TestTokenTestTokenTestToken000001"
SCRIPT = {"scripts": {"postinstall": "node -e \"require('fs').writeFileSync('ran','')\""}, "hasInstallScript": True}
PACKAGES = (
    NpmPackage("ms", "1.0.0"),
    NpmPackage("ms", "2.0.0"),
    NpmPackage("debug", "1.0.0", {"dependencies": {"ms": "1.0.0"}, "bin": {"debug": "cli.js"}}),
    NpmPackage("typescript", "5.0.0", {"bin": {"tsc": "cli.js"}}),
    NpmPackage("native", "1.0.0", SCRIPT),
    NpmPackage("@img/linux", "1.0.0", {"os": ["linux"], "cpu": ["x64"]}),
    NpmPackage("@img/darwin", "1.0.0", {"os": ["darwin"], "cpu": ["arm64"]}),
    NpmPackage("image", "1.0.0", {"optionalDependencies": {"@img/linux": "1.0.0", "@img/darwin": "1.0.0"}}),
)
MANIFEST = {
    "name": "demo",
    "version": "1.0.0",
    "scripts": {"prepare": "exit 7", "postinstall": "exit 7"},
    "dependencies": {"debug": "1.0.0", "ms": "2.0.0", "image": "1.0.0"},
    "devDependencies": {"typescript": "5.0.0"},
}
LOCK = {
    "npm": ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit"],
    "pnpm": ["pnpm", "install", "--lockfile-only", "--ignore-scripts"],
    "yarn": ["yarn", "install", "--ignore-scripts", "--silent"],
    "berry": ["yarn", "install", "--mode=update-lockfile"],
}


def _yarn_version() -> str:
    done = subprocess.run(["yarn", "--version"], capture_output=True, text=True, check=False, cwd="/")
    return done.stdout.strip()


def _installed(manager: str) -> bool:
    if shutil.which(manager if manager != "berry" else "yarn") is None or shutil.which("node") is None:
        return False
    return manager not in ("yarn", "berry") or _yarn_version().startswith("1.") is (manager == "yarn")


def manager_param(name: str) -> Any:
    missing = pytest.mark.skipif(not _installed(name), reason=f"{name} is not installed")
    return pytest.param(name, marks=missing)


MANAGERS = pytest.mark.parametrize("manager", [manager_param(name) for name in LOCK])
NPM = pytest.mark.skipif(not _installed("npm"), reason="npm is not installed")


@pytest.fixture(scope="module")
def registry() -> Iterator[NpmRegistry]:
    with npm_registry(*PACKAGES) as running:
        yield running


class Commands:
    """Runs the commands of an installation in an environment of its own, and records them."""

    def __init__(self, home: Path) -> None:
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "COREPACK_HOME": "/nonexistent"}
        self.environment |= {"YARN_ENABLE_GLOBAL_CACHE": "false", "YARN_UNSAFE_HTTP_WHITELIST": "127.0.0.1"}
        self.environment |= {"npm_config_update_notifier": "false", "npm_config_fund": "false"}
        self.words: list[Sequence[str]] = []

    def __call__(
        self,
        words: Sequence[str],
        folder: str,
        *,
        quiet: bool = False,
        shown: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> list[str]:
        self.words.append(words)
        done = subprocess.run(
            list(words),
            cwd=folder,
            env=self.environment | dict(variables or {}),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        lines = done.stdout.splitlines()
        if done.returncode != 0:
            raise CommandFailed(words, folder, CommandResult(done.returncode), lines, 60.0)
        return lines


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    (tmp_path / "home").mkdir()
    return Commands(tmp_path / "home")


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def settings(registry: NpmRegistry, manager: str) -> dict[str, str]:
    """The settings files that name the registry; yarn 2 reads no .npmrc."""
    if manager == "berry":
        return {".yarnrc.yml": f"npmRegistryServer: {registry.url}\n", "yarn.lock": ""}
    return {".npmrc": registry.npmrc(TOKEN)}


def lock(folder: Path, manager: str, commands: Commands) -> None:
    """Write the lock file, and remove all else that it takes."""
    commands(LOCK[manager], str(folder))
    for path in sorted(folder.rglob("node_modules")):
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(folder / ".yarn", ignore_errors=True)
    for name in (".pnp.cjs", ".pnp.loader.mjs"):
        (folder / name).unlink(missing_ok=True)


def install(root: Path, staging: Path, commands: Commands, *, scripts: bool = False) -> dict[str, str]:
    """The version in each installed package, by path."""
    found = nodejs.find(str(root), "Nodejs18.15", scripts=scripts)
    assert found is not None
    staging.mkdir()
    nodejs.install(found, staging, run=commands)
    assert not any(path.is_symlink() for path in staging.rglob("*"))
    return {
        path.parent.relative_to(staging / "node_modules").as_posix(): json.loads(path.read_text())["version"]
        for path in sorted(staging.rglob("package.json"))
    }


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@MANAGERS
def test_production_packages_for_the_platform_are_installed(
    manager: str, registry: NpmRegistry, commands: Commands, tmp_path: Path
) -> None:
    project = write(tmp_path / "demo", {"package.json": MANIFEST, "index.js": ""} | settings(registry, manager))
    lock(project, manager, commands)
    before = files_below(project)

    versions = install(project, tmp_path / "staging", commands)
    again = install(project, tmp_path / "again", commands)

    assert (
        versions
        == again
        == {
            "@img/linux": "1.0.0",
            "debug": "1.0.0",
            "debug/node_modules/ms": "1.0.0",
            "image": "1.0.0",
            "ms": "2.0.0",
        }
    )
    installed = files_below(tmp_path / "staging")
    assert installed == files_below(tmp_path / "again")
    assert [name for name in installed if "/." in f"/{name}"] == []
    assert not any(TOKEN.encode() in content for content in installed.values())
    assert [path.name for path in (tmp_path / "staging").iterdir()] == ["node_modules"]
    assert files_below(project) == before


@MANAGERS
def test_package_of_a_workspace_gets_its_own_dependencies_as_plain_files(
    manager: str, registry: NpmRegistry, commands: Commands, tmp_path: Path
) -> None:
    workspaces: dict[str, Any] = {} if manager == "pnpm" else {"workspaces": ["packages/*"]}
    own = "1.0.0" if manager in ("npm", "yarn") else "workspace:*"
    api = {"name": "@ws/api", "version": "1.0.0", "dependencies": {"@ws/shared": own, "ms": "2.0.0"}}
    shared = {
        "name": "@ws/shared",
        "version": "1.0.0",
        "dependencies": {"ms": "1.0.0"},
        "scripts": {"prepare": "exit 7"},
    }
    other = {"name": "other", "version": "1.0.0", "dependencies": {"native": "1.0.0"}}
    root = {"name": "root", "version": "1.0.0", "private": True, "devDependencies": {"typescript": "5.0.0"}}
    project = write(tmp_path / "repo", {"package.json": root | workspaces} | settings(registry, manager))
    if manager == "pnpm":
        write(project, {"pnpm-workspace.yaml": "packages: ['packages/*']\n"})
    write(project / "packages", {"api/package.json": api, "shared/package.json": shared, "other/package.json": other})
    write(project / "packages" / "shared", {"src/index.js": "module.exports = 1;\n", ".env": "SECRET=1"})
    lock(project, manager, commands)

    versions = install(project / "packages" / "api", tmp_path / "staging", commands)

    assert versions == {"@ws/shared": "1.0.0", "@ws/shared/node_modules/ms": "1.0.0", "ms": "2.0.0"}
    copied = sorted(path.name for path in (tmp_path / "staging" / "node_modules" / "@ws" / "shared").iterdir())
    assert copied == ["node_modules", "package.json", "src"]


@MANAGERS
def test_package_with_a_workspace_below_it_gets_the_packages_that_it_needs(
    manager: str, registry: NpmRegistry, commands: Commands, tmp_path: Path
) -> None:
    workspaces: dict[str, Any] = {} if manager == "pnpm" else {"workspaces": ["libs/*"]}
    own = "1.0.0" if manager in ("npm", "yarn") else "workspace:*"
    site = {"name": "site", "version": "1.0.0", "private": True, "dependencies": {"@ws/shared": own, "ms": "2.0.0"}}
    shared = {"name": "@ws/shared", "version": "1.0.0", "dependencies": {"ms": "1.0.0"}}
    other = {"name": "other", "version": "1.0.0", "dependencies": {"native": "1.0.0"}}
    project = write(tmp_path / "site", {"package.json": site | workspaces} | settings(registry, manager))
    if manager == "pnpm":
        write(project, {"pnpm-workspace.yaml": "packages: ['libs/*']\n"})
    write(project / "libs", {"shared/package.json": shared, "other/package.json": other})
    lock(project, manager, commands)

    versions = install(project, tmp_path / "staging", commands)

    assert versions == {"@ws/shared": "1.0.0", "@ws/shared/node_modules/ms": "1.0.0", "ms": "2.0.0"}


@NPM
def test_package_that_was_not_installed_is_an_error(registry: NpmRegistry, commands: Commands, tmp_path: Path) -> None:
    root = {"name": "root", "version": "1.0.0", "private": True, "workspaces": ["api"]}
    api = {"name": "api", "version": "1.0.0", "dependencies": {"ms": "2.0.0"}}
    project = write(tmp_path / "repo", {"package.json": root, "api/package.json": api} | settings(registry, "npm"))
    lock(project, "npm", commands)

    def run(words: Sequence[str], folder: str, **more: Any) -> list[str]:
        return []  # as if it had succeeded

    found = nodejs.find(str(project / "api"), "Nodejs18.15", scripts=False)
    assert found is not None
    (tmp_path / "staging").mkdir()
    with pytest.raises(BuildError) as caught:
        nodejs.install(found, tmp_path / "staging", run=run)

    assert caught.value.finding.id == "package-not-installed"
    assert (caught.value.values["package"], caught.value.values["manifest"]) == ("ms", "api/package.json")


@MANAGERS
def test_manifest_that_the_lock_file_does_not_match_is_an_error(
    manager: str, registry: NpmRegistry, commands: Commands, tmp_path: Path
) -> None:
    project = write(tmp_path / "demo", {"package.json": MANIFEST} | settings(registry, manager))
    lock(project, manager, commands)
    write(project, {"package.json": MANIFEST | {"dependencies": {"debug": "1.0.0", "native": "1.0.0"}}})

    with pytest.raises(BuildError) as caught:
        install(project, tmp_path / "staging", commands)

    assert caught.value.finding.id == "lock-outdated"
    assert caught.value.values["manifest"] == "package.json"


@NPM
def test_scripts_of_packages_run_only_when_they_are_allowed(
    registry: NpmRegistry, commands: Commands, tmp_path: Path
) -> None:
    manifest = MANIFEST | {"dependencies": {"native": "1.0.0"}}
    project = write(tmp_path / "demo", {"package.json": manifest} | settings(registry, "npm"))
    lock(project, "npm", commands)

    install(project, tmp_path / "without", commands)
    install(project, tmp_path / "with", commands, scripts=True)

    assert not (tmp_path / "without" / "node_modules" / "native" / "ran").exists()
    assert (tmp_path / "with" / "node_modules" / "native" / "ran").exists()


@NPM
def test_token_of_the_projects_settings_is_sent_and_never_shown(
    registry: NpmRegistry, commands: Commands, tmp_path: Path
) -> None:
    project = write(tmp_path / "demo", {"package.json": MANIFEST} | settings(registry, "npm"))
    lock(project, "npm", commands)
    registry.requests.clear()
    install(project, tmp_path / "staging", commands)
    assert {header for _, header in registry.requests} == {f"Bearer {TOKEN}"}

    write(project, {"package-lock.json": (project / "package-lock.json").read_text().replace("ms-2.0.0", "ms-9.0.0")})
    shutil.rmtree(tmp_path / "home" / ".npm")
    with pytest.raises(CommandFailed) as caught:
        install(project, tmp_path / "failed", commands)

    assert caught.value.folder == str(project)
    assert TOKEN not in "\n".join(caught.value.lines)


def test_output_of_a_failed_installation_has_no_secrets_of_the_settings(tmp_path: Path) -> None:
    settings_text = f"//registry.example/:_authToken={TOKEN}\n//other.example/:_password = c2VjcmV0cGFzcw==\n"
    project = write(tmp_path, {"package.json": MANIFEST, "package-lock.json": "{}", ".npmrc": settings_text})

    def run(words: Sequence[str], folder: str, **_: object) -> list[str]:
        lines = [f"GET https://user:hunter2@registry.example/ms {TOKEN}", "password c2VjcmV0cGFzcw=="]
        raise CommandFailed(words, folder, CommandResult(1), lines, 60.0)

    found = nodejs.find(str(project), "Nodejs18.15", scripts=False)
    assert found is not None
    (tmp_path / "staging").mkdir()
    with pytest.raises(CommandFailed) as caught:
        nodejs.install(found, tmp_path / "staging", run=run)

    assert caught.value.lines == ["GET https://***@registry.example/ms ***", "password ***"]
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "name", "text"),
    [
        ({"pnpm-lock.yaml": ""}, "pnpm-workspace.yaml", "packages: ['.']\n"),
        ({"pnpm-lock.yaml": "", "pnpm-workspace.yaml": "onlyBuiltDependencies: [a]\n"}, "pnpm-workspace.yaml", "only"),
        ({"yarn.lock": "__metadata:\n"}, ".yarnrc.yml", ""),
        ({"yarn.lock": "__metadata:\n", ".yarnrc.yml": "enableTelemetry: false\n\n"}, ".yarnrc.yml", "enable"),
    ],
)
def test_managers_install_for_the_platform_of_functions(
    files: dict[str, str], name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = write(tmp_path / "demo", {"package.json": MANIFEST} | files)
    for program in ("pnpm", "yarn"):
        write(tmp_path / "bin", {program: "#!/bin/sh\n"})
        (tmp_path / "bin" / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    seen: list[str] = []

    def run(words: Sequence[str], folder: str, **_: object) -> list[str]:
        if "--version" not in words:
            seen.append((Path(folder) / name).read_text())
        return ["4.0.0"]

    found = nodejs.find(str(project), "Nodejs18.15", scripts=False)
    assert found is not None
    (tmp_path / "staging").mkdir()
    with pytest.raises(BuildError):  # nothing was installed
        nodejs.install(found, tmp_path / "staging", run=run)

    assert seen[0].startswith(text)
    assert seen[0].endswith("supportedArchitectures: {os: [linux], cpu: [x64], libc: [glibc]}\n")
    assert (project / name).exists() == (name in files)


def test_missing_manager_is_named_with_its_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = write(tmp_path, {"package.json": MANIFEST, "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"})
    monkeypatch.setenv("PATH", str(tmp_path))
    found = nodejs.find(str(project), "Nodejs18.15", scripts=False)
    assert found is not None
    (tmp_path / "staging").mkdir()

    with pytest.raises(BuildError) as caught:
        nodejs.install(found, tmp_path / "staging", run=Commands(tmp_path))

    assert caught.value.finding.id == "package-manager-missing"
    assert caught.value.values["command"] == "npm install --global pnpm"


@NPM
def test_half_of_a_character_in_a_manifest_is_copied(tmp_path: Path, commands: Commands, registry: NpmRegistry) -> None:
    manifest = {"name": "demo", "version": "1.0.0", "description": "\ud800", "dependencies": {"ms": "2.0.0"}}
    root = write(tmp_path / "code", {"package.json": manifest, **settings(registry, "npm")})
    lock(root, "npm", commands)
    write(root, {"package.json": manifest})
    assert install(root, tmp_path / "staging", commands) == {"ms": "2.0.0"}


@NPM
def test_program_that_the_project_names_for_git_is_not_run(tmp_path: Path, commands: Commands) -> None:
    program = write(tmp_path, {"program": f"#!/bin/sh\ntouch {tmp_path / 'ran'}\nexit 1\n"}) / "program"
    program.chmod(0o755)
    address = "git+file:///nonexistent/tool.git"
    revision = "a" * 40
    packages = {
        "": {"dependencies": {"tool": address}},
        "node_modules/tool": {"version": "1.0.0", "resolved": f"{address}#{revision}"},
    }
    root = write(
        tmp_path / "code",
        {
            "package.json": {"name": "demo", "version": "1.0.0", "dependencies": {"tool": address}},
            "package-lock.json": {"name": "demo", "version": "1.0.0", "lockfileVersion": 3, "packages": packages},
            ".npmrc": f"git={program}\nfetch-retries=0\n",
        },
    )
    with pytest.raises(CommandFailed):
        install(root, tmp_path / "staging", commands)
    assert not (tmp_path / "ran").exists()
