"""Runs one command, shows it in the log and the job's summary, and sets the outputs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from result import Json, outputs, validated
from settings import Settings
from workflow import error, mask_keys, output, summary, unheeded

_OURS = ("GITHUB_STEP_SUMMARY", "PYTHON")  # the summary is written here, once


def run(settings: Settings, environ: Mapping[str, str]) -> int:
    """Run the command; its exit code is the step's, so what fails fails the job."""
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
    with unheeded():
        done = _process([*settings.words(), "--format=json", *settings.where()], environ, stdout=subprocess.PIPE)
    (reports / "report.json").write_text(done.stdout, encoding="utf-8")
    if document := _document(reports):
        (reports / "report.md").write_text(validated(document), encoding="utf-8")
    # GitHub shall heed this one: its annotations. It keeps its other text from being heeded itself.
    return _code(_process([*settings.words(), "--format=github", *settings.where()], environ))


def _annotated(settings: Settings, environ: Mapping[str, str], reports: Path) -> int:
    """What comes on stdout is for GitHub to heed, once nothing else is said: progress is shown as it comes."""
    command = [*settings.words(), "--format=github", *_reports(reports), *settings.where()]
    with unheeded():
        done = _process(command, environ, stdout=subprocess.PIPE)
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    return _code(done)


def _act(settings: Settings, environ: Mapping[str, str], reports: Path) -> int:
    with unheeded():
        code = _code(_process([*settings.words(), "--format=text", *_reports(reports), *settings.where()], environ))
    if code:
        error(f"scfdeploy {settings.command}", _line(reports) or f"exit code {code}")
    return code


def _reports(reports: Path) -> list[str]:
    return [f"--report=json={reports / 'report.json'}", f"--report=markdown={reports / 'report.md'}"]


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
    # A signal has a negative number here, which would come out as another.
    return done.returncode if done.returncode >= 0 else 1


def _tell(settings: Settings, environ: Mapping[str, str], reports: Path, code: int) -> None:
    markdown = _read(reports / "report.md") or f"### scfdeploy: {settings.command} failed\n\nExit code {code}.\n"
    (reports / "report.md").write_text(markdown, encoding="utf-8")
    given = outputs(settings.command, _document(reports), markdown)
    output(environ, "changes", given.changes)
    output(environ, "summary", given.summary)
    output(environ, "urls", "\n".join(given.urls))
    output(environ, "markdown", str(reports / "report.md"))
    summary(environ, markdown)


def _line(reports: Path) -> str:
    return _read(reports / "report.md").partition("\n")[0].removeprefix("### scfdeploy: ")


def _document(reports: Path) -> Json:
    """The result as data; empty when the command was not even understood."""
    text = _read(reports / "report.json")
    document = json.loads(text) if text else {}
    return document if isinstance(document, dict) else {}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
