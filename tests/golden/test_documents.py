"""The JSON document of every command, byte for byte but for times, ids and places: others read these documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.command import scfdeploy
from tests.support.local_server import local_server
from tests.support.project import TIMER, write_project

_RECORDED = Path(__file__).parent / "documents"
_FIRST = "  publish: true\n  publishDescription: first\n  aliasName: live\n"
_SECOND = "  publish: true\n  publishDescription: second\n  aliasName: live\n  memorySize: 256\n" + TIMER
_OLD = "hello:\n  component: '@serverless/tencent-scf'\n  inputs:\n    name: hello\n    codeUri: ./src\n"
_VOLATILE = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?"), "TIME"),
    (re.compile(r'("(?:seconds|durationMs|memoryBytes|memoryMb|billedMs|size)": )[\d.]+'), r"\g<1>0"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "SHA256"),
    (re.compile(r"(?:Mem\w*|Duration):[\d.]+"), "0"),
    (re.compile(r"\b(lam|fn)-[0-9a-z]+\b"), "ID"),
)


def test_documents_are_as_recorded(tmp_path: Path, update_golden: bool) -> None:
    made = dict(_documents(tmp_path))
    if update_golden:
        _RECORDED.mkdir(exist_ok=True)
        for file in _RECORDED.glob("*.json"):
            file.unlink()
        for name, text in made.items():
            (_RECORDED / f"{name}.json").write_text(text, "utf-8")
    assert made == {file.stem: file.read_text("utf-8") for file in sorted(_RECORDED.glob("*.json"))}


def _documents(folder: Path) -> Iterator[tuple[str, str]]:
    """Each command once or twice, in the order in which a user would run them; then what a failure looks like."""
    project, broken, old = (folder / name for name in ("project", "broken", "old"))
    with local_server() as cloud:

        def run(name: str, *arguments: str | Path) -> tuple[str, str]:
            ran = scfdeploy(*arguments, "--format", "json", env=cloud.env)
            assert ran.stdout, ran.stderr
            text = ran.stdout.replace(cloud.url, "http://SERVER").replace(str(folder), "/folder")
            for pattern, stable in _VOLATILE:
                text = pattern.sub(stable, text)
            return name, text

        write_project(project, _FIRST)
        yield run("validate", "validate", project)
        yield run("apply", "apply", project, "--yes", "--parallelism", "1")
        write_project(project, _SECOND)
        yield run("plan", "plan", project)
        yield run("plan-refresh-only", "plan", project, "--refresh-only")
        yield run("apply-update", "apply", project, "--yes", "--parallelism", "1")
        yield run("plan-unchanged", "plan", project)
        yield run("status", "status", project)
        yield run("invoke", "invoke", "hello", "--path", project, "--data", '{"name": "you"}')
        yield run("versions", "versions", "hello", "--path", project)
        yield run("alias-set", "alias", "set", "live", "--to", "1", "--path", project, "--yes")
        yield run("rollback", "rollback", "--alias", "live", "--to", "2", "--path", project, "--yes")
        yield run("import", "import", "hello", "--out", folder / "imported")
        yield run("destroy", "destroy", project, "--yes", "--parallelism", "1")
        write_project(broken, "  memorySize: 100\n  runtme: x\n")
        yield run("validate-errors", "validate", broken)
        yield run("plan-errors", "plan", broken)
        old.mkdir()
        (old / "serverless.yml").write_text(_OLD)
        yield run("migrate", "migrate", old)
        yield run("explain", "explain", "memory-step")
        yield run("policy", "policy", project, "--for", "plan")
        cloud.control("faults", [{"action": "ListFunctions", "code": "UnauthorizedOperation"}])
        yield run("failure", "plan", project)
