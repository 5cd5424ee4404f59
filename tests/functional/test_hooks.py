"""`src.hook` runs once before packaging, with its output on stderr."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.command_process import command_process
from tests.support.local_server import LocalServer
from tests.support.processes import has_ended

FILE = """\
component: scf
name: hello
app: shop
inputs:
  name: hello
  src: {{src: ./code, dist: ./out, hook: "{hook}"}}
  runtime: Python3.10
  handler: index.main_handler
"""
BUILD = "mkdir -p ../out && cp index.py ../out && echo built $GREETING && echo run >> ../runs"


def project(folder: Path, hook: str = BUILD) -> Path:
    (folder / "code").mkdir()
    (folder / "code" / "index.py").write_text("def main_handler(event, context):\n    return 'made'\n")
    (folder / ".env").write_text("GREETING=well\n")
    (folder / "serverless.yml").write_text(FILE.format(hook=hook))
    return folder


def test_hook_runs_once_and_its_output_is_deployed(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path)
    applied = scfdeploy("apply", folder, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    assert applied.document["ok"]
    assert f"$ {BUILD}\nbuilt well\n" in applied.stderr
    assert (folder / "runs").read_text() == "run\n"
    assert scfdeploy("invoke", "hello", "--path", folder, env=cloud.env).stdout.strip().startswith('"made"')


def test_hook_is_not_run_without_packaging_or_with_no_hook(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path)
    assert scfdeploy("validate", folder).exit_code == 0
    skipped = scfdeploy("plan", folder, "--no-hook", env=cloud.env)
    assert skipped.exit_code == 3
    assert "code-missing" in skipped.stderr
    assert "hint: Let src.hook create it" in skipped.stderr
    assert not (folder / "out").exists()
    assert scfdeploy("plan", folder, env=cloud.env).exit_code == 0
    assert scfdeploy("plan", folder, "--no-hook", env=cloud.env).exit_code == 0
    assert scfdeploy("status", folder, env=cloud.env).exit_code == 0
    assert (folder / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    ("hook", "words"),
    [("echo one; echo two; exit 7", "exit code 7"), ("kill -9 $$", "signal 9"), ("no-such-thing", "exit code 127")],
)
def test_failed_hook_stops_the_run_with_its_last_lines(
    tmp_path: Path, cloud: LocalServer, hook: str, words: str
) -> None:
    folder = project(tmp_path, hook)
    applied = scfdeploy("apply", folder, "--yes", env=cloud.env)
    assert applied.exit_code == 3
    assert "serverless.yml:6:41: error: Command before packaging failed [hook-failed]" in applied.stderr
    assert words in applied.stderr
    assert cloud.writes() == []


def test_hook_of_shared_code_runs_once(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path)
    (folder / "serverless.yml").write_text(
        "component: multi-scf\nname: hello\ninputs:\n"
        f'  src: {{src: ./code, dist: ./out, hook: "{BUILD}"}}\n'
        "  runtime: Python3.10\n  functions: {one: {handler: index.main_handler}, two: {handler: index.main_handler}}\n"
    )
    assert scfdeploy("plan", folder, env=cloud.env).exit_code == 0
    assert (folder / "runs").read_text() == "run\n"


_CREDENTIALS = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}
_LEAKS = {
    "MY_COPY": "local-secret",
    "AN_ADDRESS": "https://AKIDlocal:local-secret@example.com",
    "AN_ID": "AKIDlocal",
    "FROM_PROFILE": "xxprofile-secretxx",
    "FROM_ENV_FILE": "env-file-secret",
    "TENCENT_TOKEN": "token",
}


def test_hook_gets_the_environment_without_credentials(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path, "mkdir -p ../out && cp index.py ../out && env > ../seen")
    (folder / ".env").write_text(
        "GREETING=well\nTENCENT_SECRET_ID=AKIDinfile\nTENCENT_SECRET_KEY=env-file-secret\nMORE=env-file-secret\n"
    )
    (folder / ".tencentcloud").mkdir()
    (folder / ".tencentcloud" / "credentials").write_text("[default]\nsecret_id=AKIDp\nsecret_key=profile-secret\n")
    env = {**cloud.env, **_CREDENTIALS, **_LEAKS, "HOME": str(folder), "KEPT": "by the hook"}
    assert scfdeploy("plan", folder, env=env).exit_code == 0
    seen = (folder / "seen").read_text()
    assert "KEPT=by the hook\n" in seen
    assert "GREETING=well\n" in seen
    hidden = (*_CREDENTIALS, *_LEAKS, "MORE", "local-secret", "AKIDlocal", "profile-secret", "env-file-secret")
    assert [name for name in hidden if name in seen] == []


def test_plan_does_not_wait_for_background_process_of_hook(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path, f"{BUILD}; sleep 600 & echo $! > ../pid")
    try:
        assert scfdeploy("plan", folder, env=cloud.env).exit_code == 0
    finally:
        os.kill(int((folder / "pid").read_text()), signal.SIGKILL)


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")])
def test_hook_beyond_time_limit_stops_the_run_before_any_change(
    tmp_path: Path, cloud: LocalServer, command: tuple[str, ...]
) -> None:
    folder = project(tmp_path, "echo begun; sleep 600")
    ran = scfdeploy(command[0], folder, *command[1:], "--hook-timeout", "1", env=cloud.env)
    assert ran.exit_code == 3
    assert "did not end within 1 seconds and was stopped" in ran.stderr
    assert "--hook-timeout" in ran.stderr
    assert cloud.writes() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")])
def test_signal_during_a_hook_ends_both(
    tmp_path: Path, cloud: LocalServer, command: tuple[str, ...], number: signal.Signals
) -> None:
    folder = project(tmp_path, "sleep 600 & echo pid $!; wait")
    with command_process(*command, folder, env={**os.environ, **cloud.env}) as process:
        line = next(line for line in process.stderr if line.startswith("pid "))
        process.send_signal(number)
        assert process.wait(60) == 130
    assert has_ended(int(line.split()[1]))
    assert cloud.writes() == []


FRAMEWORKS = {
    "nextjs": (".next/BUILD_ID", ".next"),
    "nuxtjs": (".nuxt/dist/server.js", ".nuxt"),
    "nestjs": ("dist/main.js", "dist/main.js"),
    "express": ("app.js", "app.js"),
    "koa": ("app.js", "app.js"),
    "flask": ("app.py", "app.py"),
    "django": ("manage.py", "manage.py"),
    "laravel": ("artisan", "artisan"),
    "thinkphp": ("think", "think"),
}


def site(folder: Path, framework: str, source: str) -> Path:
    (folder / "package.json").write_text("{}")
    (folder / "serverless.yml").write_text(
        f"component: http\nname: site\napp: shop\ninputs:\n  src: {source}\n  faas: {{framework: {framework}}}\n"
    )
    return folder


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("option", ["", "--no-hook"])
def test_framework_whose_build_is_missing_after_the_hook_is_refused(
    tmp_path: Path, cloud: LocalServer, framework: str, option: str
) -> None:
    folder = site(tmp_path, framework, "{dist: ./, hook: 'echo nothing'}")
    applied = scfdeploy("apply", folder, "--yes", *([option] if option else []), env=cloud.env)
    assert applied.exit_code == 3
    assert "[start-files-missing]" in applied.stderr
    assert f'"{FRAMEWORKS[framework][1]}" does not exist' in applied.stderr
    assert "run that build yourself before --no-hook" in applied.stderr
    assert "ran." not in applied.stderr
    assert cloud.writes() == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_framework_that_its_hook_builds_is_deployed(tmp_path: Path, cloud: LocalServer, framework: str) -> None:
    made, _ = FRAMEWORKS[framework]
    folder = site(tmp_path, framework, f"{{src: ./, hook: 'mkdir -p $(dirname {made}) && echo 1 > {made}'}}")
    applied = scfdeploy("apply", folder, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr


@pytest.mark.parametrize(
    ("source", "made", "words"),
    [
        ("{src: ./, hook: 'mkdir -p .next'}", "", "contains no build"),
        ("{src: ./, hook: 'mkdir -p .next/cache; echo 1 > .next/cache/x'}", "", "contains no build"),
        ("{src: ./, exclude: [.next], hook: 'mkdir -p .next; echo 1 > .next/BUILD_ID'}", "", "is not packaged"),
        ("{src: ./, exclude: [.next]}", ".next/BUILD_ID", "is not packaged"),
    ],
)
def test_build_that_is_empty_or_not_packed_is_refused(
    tmp_path: Path, cloud: LocalServer, source: str, made: str, words: str
) -> None:
    if made:
        (tmp_path / made).parent.mkdir()
        (tmp_path / made).write_text("1")
    planned = scfdeploy("plan", site(tmp_path, "nextjs", source), env=cloud.env)
    assert planned.exit_code == 3
    assert "[start-files-missing]" in planned.stderr
    assert words in planned.stderr


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("scf_bootstrap", "#!/bin/bash\nexec node server.js\n"),
        ("next.config.js", "module.exports = {distDir: 'build'}\n"),
    ],
)
def test_custom_start_program_needs_no_build(tmp_path: Path, cloud: LocalServer, file: str, text: str) -> None:
    (tmp_path / file).write_text(text)
    planned = scfdeploy("plan", site(tmp_path, "nextjs", "{src: ./, hook: 'echo built'}"), env=cloud.env)
    assert "[start-files-missing]" not in planned.stderr
    assert planned.exit_code == 0, planned.stderr


@pytest.mark.parametrize(
    ("made", "words"), [("other.py", "There is no index.py"), ("index.py", "does not define main_handler")]
)
def test_handler_that_is_missing_after_the_hook_is_refused(
    tmp_path: Path, cloud: LocalServer, made: str, words: str
) -> None:
    folder = project(tmp_path, f"mkdir -p ../out && echo a=1 > ../out/{made}")
    applied = scfdeploy("apply", folder, "--yes", env=cloud.env)
    assert applied.exit_code == 3
    assert "[handler-not-in-source]" in applied.stderr
    assert words in applied.stderr
    assert cloud.writes() == []


@pytest.mark.parametrize(
    ("install", "is_reported"), [("", True), (" && mkdir ../out/flask && touch ../out/flask/__init__.py", False)]
)
def test_listed_package_that_a_hook_does_not_install_is_reported(
    tmp_path: Path, install: str, is_reported: bool
) -> None:
    folder = project(tmp_path, f"mkdir -p ../out && cp index.py ../out{install}")
    (folder / "requirements.txt").write_text("flask==3.1.2\n")
    (folder / "code" / "index.py").write_text("import flask\n\n\ndef main_handler(event, context): ...\n")
    assert "[package-missing]" not in scfdeploy("validate", folder).stderr
    built = scfdeploy("build", folder)
    assert built.exit_code == 0, built.stderr
    assert ("[package-missing]" in built.stderr) is is_reported
    assert ("with `src.hook`, scfdeploy does not install requirements.txt" in built.stderr) is is_reported


def test_package_that_nothing_lists_is_left_to_the_hook(tmp_path: Path) -> None:
    folder = project(tmp_path, "mkdir -p ../out && cp index.py ../out")
    (folder / "code" / "index.py").write_text("import flask\n\n\ndef main_handler(event, context): ...\n")
    built = scfdeploy("build", folder)
    assert "imports flask, which is neither in the code nor part of Python3.10" in built.stderr
    assert "Let the hook install it into the code." in built.stderr


@pytest.mark.parametrize("makes_it", [True, False])
def test_hook_can_create_the_start_program_of_any_runtime(tmp_path: Path, cloud: LocalServer, makes_it: bool) -> None:
    (tmp_path / "code").mkdir()
    name = "scf_bootstrap" if makes_it else "main"
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: hello\ninputs:\n  type: web\n  runtime: Go1\n"
        f"  src: {{src: ./code, hook: printf '#!/bin/sh\\n./main\\n' > {name} && chmod +x {name}}}\n"
    )
    assert scfdeploy("validate", tmp_path).exit_code == 0
    planned = scfdeploy("plan", tmp_path, env=cloud.env)
    assert planned.exit_code == (0 if makes_it else 3)
    assert ("[start-files-missing]" in planned.stderr) is not makes_it
