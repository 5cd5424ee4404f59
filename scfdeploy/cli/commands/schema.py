"""`scfdeploy schema`."""

from __future__ import annotations

import json
import sys

from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.output import print_text
from scfdeploy.config.schema import json_schema

app = CommandApp()


@app.command()
def schema() -> None:
    """Print the JSON Schema of serverless.yml, for editors.

    For example: scfdeploy schema > serverless.schema.json, and as the first line of serverless.yml
    `# yaml-language-server: $schema=./serverless.schema.json`.
    """
    print_text(json.dumps(json_schema(), ensure_ascii=False, indent=2), sys.stdout)
