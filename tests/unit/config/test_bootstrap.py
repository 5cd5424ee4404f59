from __future__ import annotations

import pytest

from scfdeploy.config import LoadResult
from scfdeploy.model import FolderSource
from tests.support.configured import HEAD, Workspace, findings, function_of, only


def web(workspace: Workspace, runtime: str, inputs: str = "") -> LoadResult:
    return workspace.load_text(HEAD.replace("Python3.10", runtime) + f"  type: web\n{inputs}")


def bootstrap(loaded: LoadResult) -> str | None:
    assert findings(loaded) == []
    source = function_of(loaded).source
    assert isinstance(source, FolderSource)
    return source.bootstrap


@pytest.mark.parametrize(
    ("runtime", "entry", "command"),
    [
        ("Python3.10", "app.py", "/var/lang/python310/bin/python3.10 -u app.py"),
        ("Nodejs18.15", "app.js", "/var/lang/node18/bin/node app.js"),
        ("Php7.4", "hello.php", "/var/lang/php74/bin/php -S 0.0.0.0:9000 hello.php"),
    ],
)
def test_start_program_is_generated_for_runtime(workspace: Workspace, runtime: str, entry: str, command: str) -> None:
    workspace.write(f"code/{entry}", "")
    assert bootstrap(web(workspace, runtime)) == f"#!/usr/bin/env bash\nexec {command}\n"


@pytest.mark.parametrize(
    ("entry", "quoted"), [("src/main.py", "src/main.py"), ("my $(app).py", "'my $(app).py'"), ("中.py", "中.py")]
)
def test_start_program_quotes_entry_file(workspace: Workspace, entry: str, quoted: str) -> None:
    workspace.write(f"code/{entry}", "")
    text = bootstrap(web(workspace, "Python3.10", f"  entryFile: '{entry}'\n"))
    assert (text or "").splitlines()[1:] == [f"exec /var/lang/python310/bin/python3.10 -u {quoted}"]


@pytest.mark.parametrize(
    ("runtime", "command", "lines"),
    [
        ("Nodejs18.15", "node server.js", ['export PATH="/var/lang/node18/bin:$PATH"', "node server.js"]),
        ("Java11", "java -jar app.jar", ["java -jar app.jar"]),
    ],
)
def test_start_command_is_run_by_start_program(
    workspace: Workspace, runtime: str, command: str, lines: list[str]
) -> None:
    text = bootstrap(web(workspace, runtime, f"  startCmd: {command}\n"))
    assert text == "\n".join(["#!/usr/bin/env bash", *lines, ""])


def test_start_command_with_interpreter_is_the_whole_program(workspace: Workspace) -> None:
    script = "  startCmd: |\n    #!/bin/bash\n    cd app\n    exec ./serve\n"
    assert bootstrap(web(workspace, "Go1", script)) == "#!/bin/bash\ncd app\nexec ./serve\n"


@pytest.mark.parametrize(
    ("file", "inputs", "expected"),
    [
        ("scf_bootstrap", "", "8:3 start-setting-unused?"),
        ("app.py", "  entryFile: app.py\n", "9:3 start-setting-unused?"),
    ],
)
def test_start_setting_without_effect_is_reported_at_its_key(
    workspace: Workspace, file: str, inputs: str, expected: str
) -> None:
    workspace.write(f"code/{file}", "#!/bin/sh\n")
    assert findings(web(workspace, "Python3.10", f"  startCmd: flask run\n{inputs}")) == [expected]


def test_existing_start_program_is_kept(workspace: Workspace) -> None:
    assert bootstrap(web(workspace.write("code/scf_bootstrap", "#!/bin/sh\n"), "Go1")) is None


def test_included_start_program_is_used(workspace: Workspace) -> None:
    text = HEAD.replace("src: ./code", "src: {src: ./code, include: [../start/scf_bootstrap]}") + "  type: web\n"
    assert bootstrap(workspace.load_text(text)) is None


def test_event_function_gets_no_start_program(workspace: Workspace) -> None:
    assert bootstrap(workspace.write("code/app.py", "").load_text(HEAD)) is None


@pytest.mark.parametrize("runtime", ["Java11", "Go1", "CustomRuntime", "Rust1", "Nodejs8.9"])
def test_runtime_without_interpreter_requires_start_program(workspace: Workspace, runtime: str) -> None:
    loaded = web(workspace, runtime)
    assert findings(loaded) == ["5:8 bootstrap-missing"]
    assert "9000" in (only(loaded).hint or "")


def test_missing_entry_file_is_reported_with_suggestion(workspace: Workspace) -> None:
    assert findings(web(workspace, "Python3.10")) == ["5:8 entry-file-missing"]
    loaded = web(workspace.write("code/server.py", ""), "Python3.10", "  entryFile: servr.py\n")
    assert findings(loaded) == ["8:14 entry-file-missing"]
    assert 'Did you mean "server.py"?' in (only(loaded).hint or "")


def test_archive_contents_are_not_read(workspace: Workspace) -> None:
    text = HEAD.replace("./code", "./code.zip") + "  type: web\n"
    assert findings(workspace.write("code.zip", "").load_text(text)) == []


@pytest.mark.parametrize("inputs", ["  type: web\n  entryFile: ${env:X}\n", "  type: ${env:X}\n"])
def test_unset_variable_is_reported_once(workspace: Workspace, inputs: str) -> None:
    assert [found.rule for found in workspace.load_text(HEAD + inputs).diagnostics] == ["variable-unset"]
