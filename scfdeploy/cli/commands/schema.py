"""`scfdeploy schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.output import OutputOptions, print_document, print_text, run_or_exit
from scfdeploy.config.schema import json_schema
from scfdeploy.diagnostics import message

app = CommandApp()


@app.command()
def schema(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to FILE, such as serverless.schema.json."),
    ] = None,
    output: options.OutputFormat = "text",
    debug: options.Debug = False,
) -> None:
    """Print the JSON Schema of serverless.yml, for editors, or write it to a file.

    For example: scfdeploy schema --out serverless.schema.json, and as the first line of serverless.yml
    `# yaml-language-server: $schema=./serverless.schema.json`. `init` and `import` write both.
    """
    if out is None and output == "json":
        print_document("schema", {"schema": json_schema(), "file": None})
        return
    if out is None:
        print_text(json.dumps(json_schema(), ensure_ascii=False, indent=2), sys.stdout)
        return
    from scfdeploy.report.terminal import safe
    from scfdeploy.scaffold.editor_schema import schema_text
    from scfdeploy.workspace.atomic_write import replace_file

    run_or_exit(OutputOptions("schema", output, debug=debug), lambda: replace_file(out, schema_text().encode()))
    if output == "json":
        print_document("schema", {"schema": None, "file": str(out)})
        return
    print_text(message("wrote {file}", file=safe(str(out))), sys.stdout)
