"""The schema file of a project, and the line in serverless.yml that names it for editors.

The line names a file beside serverless.yml that is meant to be committed: editors find it without network, and also in
a fresh clone.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from scfdeploy.config.schema import json_schema

SCHEMA_FILE = "serverless.schema.json"


def schema_text() -> str:
    """The JSON Schema as a file: one line for each definition, so that a new version changes few lines."""
    schema = json_schema()
    definitions = schema.pop("definitions")
    lines = ",\n".join(f"{json.dumps(name)}: {_compact(definition)}" for name, definition in definitions.items())
    return f'{_compact(schema)[:-1]},\n"definitions": {{\n{lines}\n}}}}\n'


def modeline(folder: Path, root: Path) -> str:
    """The first line of a serverless.yml in `folder`; the schema file is in `root`."""
    path = Path(os.path.relpath(root / SCHEMA_FILE, folder)).as_posix()
    reference = path if path.startswith("../") else f"./{path}"
    return f"# yaml-language-server: $schema={reference}\n"


def _compact(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)
