"""`scfdeploy schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import UsageError
from scfdeploy.cli.output import OutputOptions, print_document, print_text, run_or_exit
from scfdeploy.config.schema import json_schema
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options

app = CommandApp()


@app.command()
def schema(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to FILE, such as serverless.schema.json."),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option(
            "--document",
            metavar="NAME",
            help="Print the JSON Schema of a command's JSON document instead, such as plan or events-list.",
        ),
    ] = None,
    output: options.OutputFormat = "text",
    debug: options.Debug = False,
) -> None:
    """Print the JSON Schema of serverless.yml, for editors, or write it to a file.

    For example: scfdeploy schema --out serverless.schema.json, and as the first line of serverless.yml
    `# yaml-language-server: $schema=./serverless.schema.json`. `init` and `import` write both.
    """
    screen = OutputOptions("schema", output, debug=debug)
    printed = json_schema() if document is None else run_or_exit(screen, lambda: _document_schema(document))
    if out is None and output == "json":
        print_document("schema", {"schema": printed, "file": None})
        return
    if out is None:
        print_text(json.dumps(printed, ensure_ascii=False, indent=2), sys.stdout)
        return
    from scfdeploy.report.terminal import safe
    from scfdeploy.scaffold.editor_schema import schema_text
    from scfdeploy.workspace.atomic_write import replace_file

    text = schema_text() if document is None else json.dumps(printed, ensure_ascii=False, indent=2) + "\n"
    run_or_exit(screen, lambda: replace_file(out, text.encode()))
    if output == "json":
        print_document("schema", {"schema": None, "file": str(out)})
        return
    print_text(message("wrote {file}", file=safe(str(out))), sys.stdout)


def _document_schema(name: str) -> dict[str, Any]:
    """The schema of a document. A usage error for an unknown name."""
    from scfdeploy.scaffold.document_schemas import document_names, document_schema

    known = document_names()
    if name not in known:
        from scfdeploy.diagnostics import did_you_mean

        listed = message("--document takes one of {names}, not {name}.", names=", ".join(known), name=repr(name))
        raise UsageError(join_sentences(listed, did_you_mean(name, known) or ""))
    return document_schema(name)
