"""The reference of commands and options, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import typer

from scfdeploy.cli.app import COMMANDS, app
from scfdeploy.cli.help_layout import joined_lines
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences
from scripts.reference.document_schemas import all_documents
from scripts.reference.markdown import code, codes, escaped, fenced, page, paragraph, table

LINES = {"simulate": "simulate-step", "logs": "logs-entry", "dev": "dev-event"}
"""What the commands with --format jsonl write on each line."""
_DOCUMENTS = {command: document.name for document in all_documents() for command in document.commands}


class Command(NamedTuple):
    """One command, with its name after `scfdeploy`."""

    name: str
    click: Any


def all_commands() -> Iterator[Command]:
    """All commands and their sub-commands, and first scfdeploy itself with an empty name."""
    program = typer.main.get_command(app)
    yield Command("", program)
    yield from _children(program, "")


def command_files() -> Mapping[str, str]:
    """The pages by their path in docs/reference."""
    commands = list(all_commands())
    files = {"commands/index.md": _index(commands[0])}
    for name in COMMANDS:
        own = [command for command in commands if f"{command.name} ".startswith(f"{name} ")]
        files[f"commands/{name}.md"] = page(f"scfdeploy {name}", *(_section(command) for command in own))
    return files


def options_of(command: Command) -> list[Any]:
    """The options that a command shows in its help."""
    return [each for each in command.click.params if each.param_type_name == "option" and not each.hidden]


def _children(group: Any, path: str) -> Iterator[Command]:
    context = typer.Context(group)
    for name in getattr(group, "list_commands", lambda _: [])(context):
        child = group.get_command(context, name)
        if not child.hidden:
            command = Command(f"{path} {name}".lstrip(), child)
            yield command
            yield from _children(child, command.name)


def _index(program: Command) -> str:
    rows = [[f"[{name}]({name}.md)", message(summary)] for name, summary in COMMANDS.items()]
    return page(
        message("Commands"),
        table([message("command"), message("does")], rows),
        paragraph(message("Options before the command:")),
        _options(program),
        paragraph(
            message(
                "Each command has `--help` (`-h`). Results go to stdout; progress and findings go to stderr. "
                "`--format json` prints [one document](../json-documents.md) on stdout. [Exit "
                "codes](../exit-codes.md) are the same for all commands. [scfdeploy.toml](../project-settings.md) has "
                "defaults of options."
            )
        ),
    )


def _section(command: Command) -> Iterator[str]:
    if " " in command.name:
        yield from (f"## scfdeploy {command.name}", "")
    yield from (_prose(command.click.help or ""), "")
    yield from fenced("text", _usage(command))
    arguments = [each for each in command.click.params if each.param_type_name == "argument"]
    if arguments:
        rows = [[code(_metavar(each)), _prose(each.help or ""), _default(each)] for each in arguments]
        yield from table([message("argument"), message("meaning"), message("default")], rows)
    if not hasattr(command.click, "list_commands"):
        yield from _options(command)
        for form, documents in (("json", _DOCUMENTS), ("jsonl", LINES)):
            document = documents.get(command.name)
            if document is not None:
                yield from paragraph(
                    message("With {option}: {document}.", option=f"`--format {form}`", document=_link(document))
                )


def _link(document: str) -> str:
    return f"[{document}](../json-documents.md#{document})"


def _usage(command: Command) -> str:
    arguments = [_metavar(each) for each in command.click.params if each.param_type_name == "argument"]
    rest = ["COMMAND"] if hasattr(command.click, "list_commands") else arguments
    return " ".join(["scfdeploy", *filter(None, [command.name]), "[OPTIONS]", *rest])


def _options(command: Command) -> list[str]:
    rows = [
        [
            codes([*option.opts, *option.secondary_opts]),
            _value(option),
            _meaning(option),
            _default(option),
        ]
        for option in options_of(command)
    ]
    return table([message("option"), message("value"), message("meaning"), message("default")], rows)


def _metavar(argument: Any) -> str:
    metavar: str = argument.metavar or argument.name.upper()
    return metavar


def _value(option: Any) -> str:
    if option.is_flag:
        return ""
    choices = getattr(option.type, "choices", None)
    if choices:
        return codes(str(getattr(choice, "value", choice)) for choice in choices)
    return code(option.metavar or option.type.name.upper())


def _meaning(option: Any) -> str:
    return join_sentences(
        _prose(option.help or ""),
        message("Environment variable: {name}.", name=code(str(option.envvar))) if option.envvar else "",
        message("Required.") if option.required else "",
    )


def _default(parameter: Any) -> str:
    default = getattr(parameter.default, "value", parameter.default)
    is_absent = default is None or default is False or default == "" or callable(default)
    return "" if is_absent or "Ellipsis" in repr(default) or "Sentinel" in repr(default) else code(str(default))


def _prose(text: str) -> str:
    """The paragraphs of a help text, each on one line. What is not code becomes no Markdown and no HTML."""
    return "\n\n".join(escaped(joined_lines(part)) for part in message(text).split("\n\n"))
