"""Writes scfdeploy/emulator/tables/*.json: what each action takes and answers, read from the SDK's models.

Run it after installing a newer `tencentcloud-sdk-python-scf` or `-tag`; a test compares the files with the
installed SDK. `--check` only compares and exits 1 when a file is stale.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

TABLES = Path(__file__).resolve().parent.parent / "scfdeploy" / "emulator" / "tables"
PRODUCTS = {
    "scf": ("2018-04-16", "tencentcloud-sdk-python-scf", "tencentcloud.scf.v20180416.models"),
    "tag": ("2018-08-13", "tencentcloud-sdk-python-tag", "tencentcloud.tag.v20180813.models"),
}
_SCALARS = {"str": "string", "int": "integer", "float": "float", "bool": "boolean"}
_FIELD = re.compile(r"^\s*:type (\w+): (.+?)\s*$", re.MULTILINE)
_CLASS = re.compile(r":class:`[\w.]*\.(\w+)`")


def table(product: str) -> dict[str, Any]:
    """The table of one product, as it is written to its file."""
    api, package, module_name = PRODUCTS[product]
    module = importlib.import_module(module_name)
    classes = {
        name: fields(model)
        for name, model in sorted(vars(module).items())
        if inspect.isclass(model) and model.__module__ == module_name
    }
    actions = {
        name.removesuffix("Request"): {
            "parameters": shape,
            "answer": classes[name.removesuffix("Request") + "Response"],
        }
        for name, shape in classes.items()
        if name.endswith("Request")
    }
    structs = {name: shape for name, shape in classes.items() if not name.endswith(("Request", "Response"))}
    return {
        "generator": "scripts/generate_api_tables.py",
        "package": package,
        "version": metadata.version(package),
        "api": api,
        "actions": actions,
        "structs": structs,
    }


def fields(model: type) -> dict[str, str]:
    """Each field of a model by name: string, integer, float, boolean, a struct's name, or one of these in brackets."""
    return {name: _kind(text) for name, text in _FIELD.findall(model.__init__.__doc__ or "")}


def _kind(text: str) -> str:
    if text.startswith("list of "):
        return f"[{_kind(text.removeprefix('list of '))}]"
    struct = _CLASS.fullmatch(text)
    return struct.group(1) if struct else _SCALARS.get(text, text)


def render(content: dict[str, Any]) -> str:
    """JSON with one action or struct on each line, so that a change shows as the lines it touches."""
    lines = ["{"]
    for key in ("generator", "package", "version", "api"):
        lines.append(f" {json.dumps(key)}: {json.dumps(content[key])},")
    for key in ("actions", "structs"):
        entries = [
            f"  {json.dumps(name)}: {json.dumps(shape, separators=(',', ':'))}" for name, shape in content[key].items()
        ]
        lines += [f" {json.dumps(key)}: {{", ",\n".join(entries), " }," if key == "actions" else " }"]
    return "\n".join([*lines, "}", ""])


def main(arguments: list[str]) -> int:
    """Write every table, or with `--check` only compare. Returns the exit code."""
    stale = []
    for product in PRODUCTS:
        path, text = TABLES / f"{product}.json", render(table(product))
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(path.name)
            if "--check" not in arguments:
                path.write_text(text, "utf-8")
    print("stale: " + ", ".join(stale) if stale else "up to date")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
