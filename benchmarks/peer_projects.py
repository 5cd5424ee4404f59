"""The same functions as projects of other tools, and what each tool is asked to do with them.

None of it needs an account or a network. Tools of other clouds cannot deploy to the local server, so only the work on
this machine is compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAM_HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
"""
_SAM_FUNCTION = """\
  F{number}:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: f{number}
      CodeUri: {code}
      Runtime: python3.13
      Handler: index.main_handler
      MemorySize: 128
      Timeout: 10
      Environment: {{Variables: {{NUMBER: "{number}"}}}}
      Events:
        Nightly: {{Type: Schedule, Properties: {{Schedule: "cron(0 2 * * ? *)"}}}}
"""
_OSLS_HEAD = """\
service: scale
provider: {name: aws, runtime: python3.13, region: us-east-1}
functions:
"""
_OSLS_FUNCTION = """\
  f{number}:
    handler: {handler}
    memorySize: 128
    timeout: 10
    environment: {{NUMBER: "{number}"}}
    events: [{{schedule: "cron(0 2 * * ? *)"}}]
"""
_CHALICE_HEAD = """\
from chalice import Chalice

app = Chalice(app_name="scale")
"""
_CHALICE_FUNCTION = """

@app.schedule("cron(0 2 * * ? *)", name="f{number}")
def f{number}(event):
    return {number}
"""
_CHALICE_CONFIG = '{"version": "2.0", "app_name": "scale", "stages": {"dev": {}}}\n'


@dataclass(frozen=True)
class Peer:
    """A tool, the version that is compared, and its program below the folder of tools."""

    name: str
    package: str
    version: str
    program: str
    environment: tuple[tuple[str, str], ...] = ()


PEERS = (
    Peer(
        "sam",
        "aws-sam-cli",
        "1.170.0",
        "bin/sam",
        (("SAM_CLI_TELEMETRY", "0"), ("AWS_DEFAULT_REGION", "us-east-1")),
    ),
    Peer("chalice", "chalice", "1.34.0", "bin/chalice"),
    Peer(
        "osls",
        "osls",
        "4.3.1",
        "node_modules/.bin/osls",
        (("SLS_TELEMETRY_DISABLED", "1"), ("SLS_NOTIFICATIONS_MODE", "off")),
    ),
    Peer("zip", "zip", "", "zip"),
)


@dataclass(frozen=True)
class Task:
    """One thing to do, and the arguments of each tool that does it."""

    name: str
    project: str
    """The folder of the projects, one for each tool in it."""
    arguments: Mapping[str, Sequence[str]]
    runs: int = 1


def find_peers(folder: Path) -> dict[str, tuple[str, ...]]:
    """The programs of the tools that are installed."""
    found = {peer.name: folder / peer.program for peer in PEERS if (folder / peer.program).exists()}
    programs = {name: (str(program.resolve()),) for name, program in found.items()}
    if zip_program := shutil.which("zip"):
        programs["zip"] = (zip_program,)
    return programs


def tasks(counts: Sequence[int]) -> list[Task]:
    """Start, check projects of these numbers of functions, and package one function of many files."""
    version = {"scfdeploy": ("--version",), "sam": ("--version",), "chalice": ("--version",), "osls": ("--version",)}
    found = [Task("print the version", f"check-{counts[0]}", version, runs=5)]
    for count in counts:
        check = {"scfdeploy": ("validate",), "sam": ("validate", "--lint"), "osls": ("print",)}
        found.append(Task(f"check {count} function{'s' if count > 1 else ''}", f"check-{count}", check, runs=3))
    package = {
        "scfdeploy": ("build", "--no-build"),
        "sam": ("build",),
        "chalice": ("package", "out"),
        "osls": ("package",),
        "zip": ("-r", "-q", "../zip.zip", "."),
    }
    return [*found, Task("package {files} files", "package", package, runs=3)]


def remove_results(project: Path) -> None:
    """Remove what an earlier run of any tool left, so that nothing is taken from it."""
    for name in (".scfdeploy", ".aws-sam", ".serverless", ".chalice/deployments", "out"):
        shutil.rmtree(project / name, ignore_errors=True)
    (project.parent / "zip.zip").unlink(missing_ok=True)


def write_peer_projects(
    folder: Path,
    counts: Sequence[int],
    write_tree: Callable[[Path], None],
    write_functions: Callable[[Path, int], Path],
    package: str,
) -> None:
    """Write `check-N` for each count, and `package`, each with a folder for each tool.

    `write_tree` fills a folder that does not exist with the files to package; `write_functions` and `package` make the
    projects of scfdeploy.
    """
    for count in counts:
        place = folder / f"check-{count}"
        write_functions(place / "scfdeploy", count)
        for tool in ("sam", "chalice", "osls"):
            write_functions(place / tool, count)
        _write_sam(place / "sam", [f"f{number}/src" for number in range(count)])
        _write_osls(place / "osls", [f"f{number}/src/index.main_handler" for number in range(count)])
        _write_chalice(place / "chalice", count)
    place = folder / "package"
    write_tree(place / "scfdeploy" / "src")
    (place / "scfdeploy" / "serverless.yml").write_text(package)
    shutil.copytree(place / "scfdeploy" / "src", place / "sam" / "src")
    _write_sam(place / "sam", ["src"])
    shutil.copytree(place / "scfdeploy" / "src", place / "osls")
    _write_osls(place / "osls", ["index.main_handler"])
    # chalice packages app.py, chalicelib and vendor.
    shutil.copytree(place / "scfdeploy" / "src", place / "chalice" / "vendor")
    _write_chalice(place / "chalice", 1)
    shutil.copytree(place / "scfdeploy" / "src", place / "zip")


def _write_sam(folder: Path, codes: Sequence[str]) -> None:
    functions = (_SAM_FUNCTION.format(number=number, code=code) for number, code in enumerate(codes))
    (folder / "template.yaml").write_text(_SAM_HEAD + "".join(functions))


def _write_osls(folder: Path, handlers: Sequence[str]) -> None:
    functions = (_OSLS_FUNCTION.format(number=number, handler=handler) for number, handler in enumerate(handlers))
    for old in folder.rglob("serverless.yml"):
        old.unlink()
    (folder / "serverless.yml").write_text(_OSLS_HEAD + "".join(functions))


def _write_chalice(folder: Path, count: int) -> None:
    (folder / ".chalice").mkdir(parents=True, exist_ok=True)
    (folder / ".chalice" / "config.json").write_text(_CHALICE_CONFIG)
    (folder / "requirements.txt").write_text("")
    functions = (_CHALICE_FUNCTION.format(number=number) for number in range(count))
    (folder / "app.py").write_text(_CHALICE_HEAD + "".join(functions))
