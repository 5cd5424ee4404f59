"""What real files need and do not bring: values of their variables and outputs, code, what a build would make."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.facts.frameworks import frameworks
from scfdeploy.model import FolderSource, FunctionSpec

SHARED = Path(os.environ.get("SCFDEPLOY_SHARED", Path(__file__).parents[3] / "shared"))
"""The folder beside the project with what it does not contain: real files, cases, samples."""
CORPUS = Path(os.environ.get("SCFDEPLOY_CORPUS", SHARED / "corpus" / "serverless"))
INDEX = CORPUS / "INDEX.tsv"
ABSENT = "no corpus of real files here (SCFDEPLOY_CORPUS)"

_VARIABLE = re.compile(r"\$\{((?:env[:.]|output:|param:)(?:[^${}]|\$\{[^{}]*\})*)\}")
_BY_WORD = (
    ("region", "ap-guangzhou"),
    ("image", "ccr.ccs.tencentyun.com/shop/hello:1.0"),
    ("subnet", "subnet-bbbb2222"),
    ("vpc", "vpc-aaaa1111"),
    ("version", "1"),
    ("stage", "dev"),
    ("cfs", "cfs-abcd1234"),
    ("mount", "cfs-abcd1234"),
    ("registry", "tcr-abcd1234"),
    ("cos", "photos-1250000000.cos.ap-guangzhou.myqcloud.com"),
    ("bucket", "photos-1250000000.cos.ap-guangzhou.myqcloud.com"),
    ("runtime", "Python3.10"),
    ("memory", "128"),
    ("timeout", "10"),
    ("cron", "0 0 2 * * * *"),
    ("env", "dev"),
)
_CODE = {
    "python": ("py", "def {name}(event, context):\n    return 'hello'\n"),
    "nodejs": ("js", "exports.{name} = async () => 'hello';\n"),
    "php": ("php", "<?php\nfunction {name}($event, $context) {{ return 'hello'; }}\n"),
}


@dataclass(frozen=True)
class RealFile:
    """One file of the corpus."""

    name: str
    dialect: str
    component: str
    parses: bool

    @property
    def text(self) -> str:
        return (CORPUS / self.name).read_text(encoding="utf-8")


def real_files() -> list[RealFile]:
    """Every file of the corpus; none when it is not here."""
    if not INDEX.is_file():
        return []
    rows = csv.DictReader(INDEX.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return [RealFile(row["file"], row["dialect"], row["component"], row["parses"] == "yes") for row in rows]


def dummy_value(name: str) -> str:
    """A value that a variable or output of this name may have."""
    word = name.lower()
    return next((value for part, value in _BY_WORD if part in word), "dummy")


def arguments_for(text: str) -> list[str]:
    """`--var` for every variable of a file that only its owner could give."""
    forms = dict.fromkeys(_VARIABLE.findall(text))
    pairs = ((form, form[4:] if form.startswith("env") else form) for form in forms)
    return [f"--var={key}={dummy_value(form.rpartition('.')[2] or form)}" for form, key in pairs]


def without_gateways(text: str) -> str:
    """A file without the API Gateway triggers that nobody can make any more; what is left may well be deployed."""
    kept: list[str] = []
    depth = None
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        if depth is not None and line.strip() and indent <= depth:
            depth = None
        if re.match(r"\s*- (apigw:|type: apigw)", line):
            depth = indent
        if depth is None:
            kept.append(line)
    return "\n".join(kept)


def prepare(folder: Path, text: str) -> Path:
    """A project with this file and all the code that it names, each file as small as it can be."""
    folder.mkdir(parents=True)
    # A namespace has to exist, and a new server has one alone.
    text = re.sub(r"^( *namespace:) *[\w$].*$", r"\1 default", text, flags=re.MULTILINE)
    (folder / "serverless.yml").write_text(text, encoding="utf-8")
    make_code(folder, text)
    return folder


def make_code(folder: Path, text: str) -> None:
    """All the code that the file in a folder names, which has this text."""
    _make_named_folders(folder, text)
    variables = dict(one.removeprefix("--var=").split("=", 1) for one in arguments_for(text))
    project = load_project(".", LoadOptions(variables=variables, cwd=str(folder))).project
    for function in project.functions if project is not None else ():
        if isinstance(function.source, FolderSource):
            _make_code(Path(function.source.root), function)
            for path in function.source.include:
                _write(Path(function.source.root, path, "included.txt"), "")
            if function.source.hook is not None:
                _build(Path(function.source.hook.cwd), function.source.needs)


def _make_named_folders(folder: Path, text: str) -> None:
    paths = re.findall(r"(?:src|dist|(?<!- )source):\s*['\"]?([./][\w./-]*)['\"]?\s*(?:#|$)", text, re.MULTILINE)
    entries = re.findall(r"entryFile:\s*['\"]?([\w./-]+)", text)
    entries += [entry for framework in frameworks().values() for entry in framework.entries]
    for path in paths:
        if not path.endswith((".zip", ".jar", ".war")):
            for entry in entries:
                _write(folder / path / entry, "")


def _make_code(root: Path, function: FunctionSpec) -> None:
    runtime = str(function.settings.get("runtime", ""))
    module, dot, name = str(function.settings.get("handler", "")).rpartition(".")
    if runtime == "CustomRuntime":
        _write(root / "bootstrap", "#!/bin/sh\n")
    elif runtime.startswith("Go"):
        _write(root / name, "")
    for language, (ending, code) in _CODE.items():
        if dot and runtime.lower().startswith(language):
            _write(root / f"{module}.{ending}", code.format(name=name))


def _build(folder: Path, needs: tuple[str, ...]) -> None:
    """What the command before packing makes: only its owner has what it starts from."""
    for framework in frameworks().values():
        if framework.built in needs:
            _write(folder / framework.built / "BUILD_ID", "1\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
