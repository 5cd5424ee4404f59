"""Runs a command, writes the log and the job summary, and sets the outputs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from result import Json, outputs, validated
from settings import Settings
from workflow import error, mask_keys, output, summary, without_commands

_OURS = ("GITHUB_STEP_SUMMARY", "PYTHON")  # the action writes the summary itself


def run(settings: Settings, environ: Mapping[str, str]) -> int:
    """Run the command and return its exit code, so that a failure fails the job."""
    mask_keys(environ)
    own = {key: value for key, value in environ.items() if key not in _OURS and not key.startswith("INPUT_")}
    reports = Path(tempfile.mkdtemp(prefix="scfdeploy-", dir=environ.get("RUNNER_TEMP")))
    match settings.command:
        case "validate":
            code = _validate(settings, own, reports)
        case "plan" | "apply":
            code = _annotated(settings, own, reports)
        case _:
            code = _act(settings, own, reports)
    _tell(settings, environ, reports, code)
    return code


def _validate(settings: Settings, environ: Mapping[str, str], reports: Path) -> int:
    with without_commands():
        done = _process([*settings.words(), "--format=json", *settings.where()], environ, stdout=subprocess.PIPE)
    (reports / "report.json").write_text(done.stdout, encoding="utf-8")
    if document := _document(reports):
        (reports / "report.md").write_text(validated(document), encoding="utf-8")
    # GitHub must process the annotations of this one; its --format=github escapes everything else.
    return _code(_process([*settings.words(), "--format=github", *settings.where()], environ))


def _annotated(settings: Settings, environ: Mapping[str, str], reports: Path) -> int:
    """Print stdout, which has annotations for GitHub, after the command has ended. Progress appears at once."""
    command = [*settings.words(), "--format=github", *_reports(reports), *settings.where()]
    with without_commands():
        done = _process(command, environ, stdout=subprocess.PIPE)
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    return _code(done)


def _act(settings: Settings, environ: Mapping[str, str], reports: Path) -> int:
    with without_commands():
        code = _code(_process([*settings.words(), "--format=text", *_reports(reports), *settings.where()], environ))
    if code:
        error(f"scfdeploy {settings.command}", _line(reports) or f"exit code {code}")
    return code


def _reports(reports: Path) -> list[str]:
    files = {"json": "report.json", "markdown": "report.md", "step-summary": "summary.md"}
    return [f"--report={form}={reports / name}" for form, name in files.items()]


def _process(
    words: Sequence[str], environ: Mapping[str, str], *, stdout: int | None = None
) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("scfdeploy")), *words]
    return subprocess.run(
        command,
        check=False,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        encoding="utf-8",
        errors="replace",
    )


def _code(done: subprocess.CompletedProcess[str]) -> int:
    # A negative number means a signal, and is not a valid exit code.
    return done.returncode if done.returncode >= 0 else 1


def _tell(settings: Settings, environ: Mapping[str, str], reports: Path, code: int) -> None:
    markdown = _read(reports / "report.md") or f"### scfdeploy: {settings.command} failed\n\nExit code {code}.\n"
    (reports / "report.md").write_text(markdown, encoding="utf-8")
    given = outputs(settings.command, _document(reports), markdown)
    output(environ, "changes", given.changes)
    output(environ, "summary", given.summary)
    output(environ, "urls", "\n".join(given.urls))
    output(environ, "markdown", str(reports / "report.md"))
    summary(environ, _read(reports / "summary.md") or markdown)


def _line(reports: Path) -> str:
    return _read(reports / "report.md").partition("\n")[0].removeprefix("### scfdeploy: ")


def _document(reports: Path) -> Json:
    """The JSON result; empty after a usage error."""
    text = _read(reports / "report.json")
    document = json.loads(text) if text else {}
    return document if isinstance(document, dict) else {}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
