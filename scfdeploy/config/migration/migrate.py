"""Convert one serverless.yml in an older format, or with API Gateway triggers, to the current format."""

from __future__ import annotations

from scfdeploy.config.components.kinds import choose_kind, kinds
from scfdeploy.config.files import with_line_feeds
from scfdeploy.config.migration.current_format import migrate_component
from scfdeploy.config.migration.named_components import top_level_components
from scfdeploy.config.migration.plain_blocks import NotMigratedError
from scfdeploy.config.migration.plugin_file import PluginFile
from scfdeploy.config.migration.split_file import NewFile, SplitFile
from scfdeploy.config.rewriting.layout import mapping_of, multi_line_scalar_lines, text_of
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import MappingNode, Node, parse
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import dataclass

NOT_MIGRATED = Finding(
    "not-migrated",
    Severity.ERROR,
    "Cannot be migrated",
    detail="{reason} The file is not changed.",
    hint="{advice}",
    title="A file that cannot be converted to the current format.",
    what="`scfdeploy migrate` found a file without a function, or one that is written between brackets "
    "or with anchors where it must be split line by line.",
    why="A guess could deploy something other than before. The file is not changed.",
    wrong=yaml("functions: {hello: {handler: index.main}}\nprovider:\n  name: tencent"),
    right=yaml("functions:\n  hello:\n    handler: index.main\nprovider:\n  name: tencent"),
)

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Migrated:
    """The new text of a file, or the original one if nothing changes or an error is reported."""

    text: str
    diagnostics: Diagnostics
    tree: Node | None
    """What the original text contains; None if it is empty or cannot be parsed."""
    is_valid: bool
    """Whether the parser reported nothing, so that `tree` is complete."""
    new_files: tuple[NewFile, ...] = ()
    """What was moved out of the file. If one of them exists already, neither these nor `text` may be written."""


def migrate_text(
    text: str, file: str, *, default_name: str, component: str | None = None, folder: str = ""
) -> Migrated:
    """Convert the text of a file to the current format, keeping its line ends and byte-order mark.

    Diagnostics have positions in the original text. `default_name` is the name of the instance if the file has none.
    `component` is the kind to write where the file names a component by a local path, such as `../`; it must be one
    of `component_choices()`. `folder` is that of the file, where `${file(…)}` looks for others; if empty, none is read.
    Converting the result changes nothing.
    """
    diagnostics = Diagnostics()
    mark = _BOM if text.startswith(_BOM) else ""
    content = text.removeprefix(_BOM)
    tree = parse(with_line_feeds(content), file, diagnostics)
    is_valid = len(diagnostics) == 0
    if diagnostics.has_errors:
        return Migrated(text, diagnostics, tree, is_valid)
    findings = Diagnostics()  # of the conversion; dropped if the file cannot be converted
    try:
        if not isinstance(tree, MappingNode):
            raise NotMigratedError(
                Span.at(file), message("The file is not a mapping."), message("Check that this is the right file.")
            )
        rewrite = Rewrite(content, file, within_texts=multi_line_scalar_lines(tree))
        new = content
        files: tuple[NewFile, ...] = ()
        if tree.get("component") is None and top_level_components(tree):
            named = SplitFile(tree, content, default_name=default_name, choice=component)
            new, files = named.migrate(_single_kinds(), findings)
        else:
            _migrate(tree, rewrite, findings, default_name, choice=component, folder=folder)
            new = rewrite.text()
        for converted in [new_file.text for new_file in files] or [new]:
            if converted != content:
                _check_result(converted, tree)
    except NotMigratedError as error:
        diagnostics.report(NOT_MIGRATED, error.span, reason=error.detail, advice=error.hint)
        return Migrated(text, diagnostics, tree, is_valid)
    diagnostics.extend(findings)
    if findings.has_errors:
        return Migrated(text, diagnostics, tree, is_valid)
    return Migrated(mark + new, diagnostics, tree, is_valid, files)


def _migrate(
    tree: MappingNode,
    rewrite: Rewrite,
    diagnostics: Diagnostics,
    default_name: str,
    *,
    choice: str | None,
    folder: str,
) -> None:
    provider = tree.get("provider")
    component = tree.get("component")
    if component is not None:
        migrate_component(tree, component, rewrite, diagnostics, choice=choice)
    elif provider is not None and "tencent" in (text_of(provider), text_of((mapping_of(provider) or tree).get("name"))):
        PluginFile(tree, provider, rewrite, folder=folder, diagnostics=diagnostics).migrate(default_name)
    else:
        choose_kind(tree, diagnostics)


def _single_kinds() -> frozenset[str]:
    """The component kinds of which a file can have only one, even in older formats: frameworks and layers."""
    return frozenset(name for kind in kinds() for name in kind.names) - {"scf", "multi-scf", "http"}


def _check_result(new: str, tree: MappingNode) -> None:
    """Raise NotMigratedError if the result is invalid, for example because an anchor was commented out."""
    errors = Diagnostics()
    result = parse(with_line_feeds(new), tree.span.file, errors)
    if errors.has_errors or not isinstance(result, MappingNode) or result.get("component") is None:
        raise NotMigratedError(
            tree.span,
            message("The file cannot be split line by line."),
            message("Write it in plain blocks, without anchors and brackets, then migrate again."),
        )
