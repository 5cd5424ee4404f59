"""`scfdeploy init`."""

from __future__ import annotations

import os
import shlex
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.output import OutputOptions, print_document, print_text, run_or_exit
from scfdeploy.diagnostics import message

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.report.text import TextStyle
    from scfdeploy.scaffold import NewProject

app = CommandApp()


class Type(StrEnum):
    """The type of the new function."""

    EVENT = "event"
    WEB = "web"


@app.command()
def init(
    directory: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Folder of the project; created if it does not exist.")
    ] = ".",
    *,
    runtime: Annotated[
        str | None,
        typer.Option("--runtime", metavar="R", help="A language such as `python`, or a full name such as Python3.10."),
    ] = None,
    type_: Annotated[Type | None, typer.Option("--type", help="Event function or web function.")] = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="T", help="What to start from; --list shows the templates.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="N", help="Function name; defaults to the name of the folder."),
    ] = None,
    list_templates: Annotated[bool, typer.Option("--list", help="List the templates and exit.")] = False,
    output: options.OutputFormat = "text",
    debug: options.Debug = False,
) -> None:
    """Create a new project that is ready to deploy. Existing files are not overwritten.

    On a terminal, without --runtime, --type, --template and --name, asks what to create. By default, it is a Python
    function that handles events.
    """
    screen = OutputOptions("init", output, debug=debug)
    if list_templates and output == "json":
        print_document("init", {"templates": run_or_exit(screen, _template_documents)})
        return
    if list_templates:
        print_text(run_or_exit(screen, _list), sys.stdout)
        return
    if not os.path.isabs(directory):  # noqa: PTH117
        from scfdeploy.cli.arguments import current_folder

        current_folder()
    type_name = type_.value if type_ else None
    is_chosen = any(option is not None for option in (runtime, type_, template, name))

    def create() -> NewProject:
        from scfdeploy.cli.questions import can_ask
        from scfdeploy.scaffold import new_project
        from scfdeploy.scaffold.project import project_name, require_no_project

        function = project_name(name or os.path.basename(os.path.abspath(directory)))  # noqa: PTH119, PTH100
        if is_chosen or output == "json" or not can_ask():
            return new_project(directory, name=function, runtime=runtime, type=type_name, template=template)
        require_no_project(directory)
        return new_project(directory, name=function, template=_ask_template())

    project = run_or_exit(screen, create, interrupted=message("interrupted; nothing was written"))
    if output == "json":
        print_document("init", _document(project, directory))
        return
    print_text(_summary(project, directory, screen.style(sys.stdout)), sys.stdout)


def _ask_template() -> str:
    """The name of the template that the user chooses by language, type and use."""
    from scfdeploy.cli.questions import choose
    from scfdeploy.scaffold import project_templates
    from scfdeploy.scaffold.project_templates import default_runtime

    known = project_templates()
    languages = {template.language: default_runtime(template.language) for template in known}
    language = choose(message("Language"), languages)
    types = {
        "event": message("is called with an event, by a trigger or by `invoke`"),
        "web": message("an HTTP server"),
    }
    offered = {template.type for template in known if template.language == language}
    type_ = choose(message("Type of the function"), {name: text for name, text in types.items() if name in offered})
    fitting = [template for template in known if (template.language, template.type) == (language, type_)]
    return choose(message("Template"), {template.name: message(template.description) for template in fitting})


def _template_documents() -> list[dict[str, Any]]:
    from scfdeploy.scaffold import project_templates
    from scfdeploy.scaffold.project_templates import default_runtime

    return [
        {
            "name": template.name,
            "language": template.language,
            "type": template.type,
            "runtime": default_runtime(template.language),
            "description": template.description,
        }
        for template in project_templates()
    ]


def _document(project: NewProject, directory: str) -> dict[str, Any]:
    return {
        "name": project.name,
        "template": project.template.name,
        "runtime": project.runtime,
        "folder": directory or ".",
        "files": list(project.files),
    }


def _list() -> str:
    from scfdeploy.scaffold import project_templates
    from scfdeploy.scaffold.project_templates import default_runtime

    known = project_templates()
    columns = max(len(template.name) for template in known)
    return "\n".join(
        f"{template.name:{columns}}  {default_runtime(template.language):11}  {message(template.description)}"
        for template in known
    )


def _summary(project: NewProject, directory: str, style: TextStyle) -> str:
    """What was written, and the next commands, which are not broken so that they can be copied."""
    from scfdeploy.report.terminal import safe

    target = "" if directory in ("", ".") else f" {safe(shlex.quote(directory))}"
    created = message(
        "Created {name} from the template {template} ({runtime}): {files}",
        name=project.name,
        template=project.template.name,
        runtime=project.runtime,
        files=", ".join(project.files),
    )
    following = message(
        "Next: scfdeploy validate{target}, then scfdeploy dev{target} to run it, or scfdeploy apply{target} --local",
        target=target,
    )
    return "\n".join([*style.lines(created, hanging="  "), following])
