"""Checks of the programs that functions and builds need on this machine. None of them is needed to deploy."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable

from scfdeploy.diagnostics import message
from scfdeploy.facts import runtime
from scfdeploy.operations.doctor.context import DoctorContext, ProgramOutput, not_checked, passed, warned
from scfdeploy.results.doctor import CheckResult

_VERSIONED = {
    "python": lambda version: (f"python{version}",),
    "nodejs": lambda _: ("node",),
    "php": lambda version: (f"php{version}", "php"),
    "java": lambda _: ("java",),
}
"""The programs that can run a version of a language; programs in Go and custom runtimes bring their own."""
_ARGUMENTS = {"java": "-version", "php": "-v"}
_PARTS = {"nodejs": 1, "java": 1}
"""How many parts of a version count; two for all others."""
_NUMBER = re.compile(r"(?:^|[^\d.])v?(\d+(?:\.\d+)*)")


def check_interpreters(name: str, context: DoctorContext) -> CheckResult:
    """Whether the local server can run each runtime of the project with the same version."""
    wanted = {str(spec.settings.get("runtime") or "") for spec in context.functions}
    known = [found for found in map(runtime, sorted(wanted)) if found is not None and found.language in _VERSIONED]
    if not known:
        return not_checked(name, message("the project has no runtime that needs one"))
    missing: list[str] = []
    present: list[str] = []
    for each in known:
        version = _version_of(each.name, each.language)
        program = _find(each.language, version, context)
        (present if program else missing).append(f"{each.name}: {program}" if program else each.name)
    if missing:
        return warned(
            name,
            message("no interpreter of the same version for {runtimes}", runtimes=", ".join(missing)),
            message(
                "Deploying does not need it. The local server uses the nearest version; install the same one for the"
                " same behaviour, such as with `uv python install 3.10`."
            ),
        )
    return passed(name, "; ".join(present))


def check_node(name: str, context: DoctorContext) -> CheckResult:
    """Whether Node.js and npm are here, for local runs and builds."""
    needed = "nodejs" in context.languages
    node = _first_line(context, "node", "--version")
    npm = _first_line(context, "npm", "--version")
    if node and npm:
        return passed(name, f"node {node}, npm {npm}")
    missing = ", ".join(program for program, version in (("node", node), ("npm", npm)) if not version)
    text = message("not found: {programs}", programs=missing)
    if not needed:
        return passed(name, message("{problem} (not needed by this project)", problem=text))
    return warned(
        name, text, message("Install Node.js to run functions locally and to build their dependencies: nodejs.org.")
    )


def check_installers(name: str, context: DoctorContext) -> CheckResult:
    """Whether a program that installs Python packages is here, for builds."""
    needed = "python" in context.languages
    found = [line for program in ("uv", "pip") if (line := _first_line(context, program, "--version"))]
    if found:
        return passed(name, ", ".join(line.partition(" from ")[0].partition(" (")[0] for line in found))
    text = message("not found: {programs}", programs="uv, pip")
    if not needed:
        return passed(name, message("{problem} (not needed by this project)", problem=text))
    return warned(name, text, message("Install uv or pip to build the dependencies of Python functions."))


def check_docker(name: str, context: DoctorContext) -> CheckResult:
    """Whether docker answers, for functions of images on the local server."""
    needed = any("image" in spec.settings for spec in context.functions)
    output = _output(context, "docker", "version", "--format", "{{.Server.Version}}")
    if output is not None and output.code == 0:
        return passed(name, f"docker {output.first_line}")
    text = (
        message("not found: {programs}", programs="docker")
        if output is None
        else message("docker does not answer: {line}", line=output.first_line)
    )
    if not needed:
        return passed(name, message("{problem} (not needed by this project)", problem=text))
    return warned(
        name,
        text,
        message("Start docker, and give this user access to it, to run image functions on the local server."),
    )


def _find(language: str, version: str, context: DoctorContext) -> str:
    """The path of a program with this version; empty if there is none."""
    candidates: Callable[[str], tuple[str, ...]] = _VERSIONED[language]
    for program in candidates(version):
        path = _which(context, program)
        if path is None:
            continue
        output = context.run(path, _ARGUMENTS.get(language, "--version"))
        if output.code != 0:
            # A version manager's shim fails, and lists the versions that are not selected.
            continue
        numbers = [match[1] for line in output.lines for match in _NUMBER.finditer(line)]
        if any(_matches(number, version) for number in numbers):
            return path
    return ""


def _matches(number: str, version: str) -> bool:
    """Whether a program of this number has the version; Java 8 calls itself 1.8."""
    return f"{number.removeprefix('1.') if version == '8' else number}.".startswith(f"{version}.")


def _version_of(runtime_name: str, language: str) -> str:
    match = re.search(r"[\d.]+", runtime_name)
    return ".".join((match[0] if match else "").split(".")[: _PARTS.get(language, 2)])


def _first_line(context: DoctorContext, *command: str) -> str:
    output = _output(context, *command)
    return output.first_line if output is not None and output.code == 0 else ""


def _output(context: DoctorContext, program: str, *arguments: str) -> ProgramOutput | None:
    path = _which(context, program)
    return context.run(path, *arguments) if path is not None else None


def _which(context: DoctorContext, program: str) -> str | None:
    """A program on PATH; relative folders are skipped, because they can be folders of the project."""
    folders = [folder for folder in context.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]  # noqa: PTH117
    return shutil.which(program, path=os.pathsep.join(folders)) if folders else None
