"""The JSON Schemas of the commands' JSON documents: the files of the folder schemas/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message

_ENDING = ".schema.json"
_NOT_OF_A_COMMAND = "serverless"


def document_names() -> list[str]:
    """The names of all documents, sorted. ScfDeployError when the installation has none."""
    names = (file.name.removesuffix(_ENDING) for file in _folder().glob(f"*{_ENDING}"))
    return sorted(name for name in names if name != _NOT_OF_A_COMMAND)


def document_schema(name: str) -> dict[str, Any]:
    """The schema of the document with this name."""
    schema: dict[str, Any] = json.loads((_folder() / f"{name}{_ENDING}").read_text(encoding="utf-8"))
    return schema


def _folder() -> Path:
    package = Path(__file__).parents[1]
    # A wheel has the schemas inside the package, a checkout beside it.
    for folder in (package / "schemas", package.parent / "schemas"):
        if (folder / f"failure{_ENDING}").is_file():
            return folder
    raise ScfDeployError(
        message("this installation of scfdeploy has no JSON Schemas"),
        hint=message("Install scfdeploy again, from a wheel or a complete checkout."),
    )
