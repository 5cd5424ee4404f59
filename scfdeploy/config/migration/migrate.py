"""One serverless.yml from an older dialect, or with API Gateway triggers, to today's form."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.config.components.component_name import component_kind
from scfdeploy.config.components.table import choose_kind, kinds
from scfdeploy.config.migration.framework_gateway import replace_beside, replace_wish
from scfdeploy.config.migration.gateway_triggers import replace_in_events, replace_in_triggers
from scfdeploy.config.migration.layout import NotMigratedError, mapping_of, text_of, walk
from scfdeploy.config.migration.named_components import NamedComponents, top_level_components
from scfdeploy.config.migration.plugin_file import PluginFile
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import MappingNode, ScalarNode, parse
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml

NOT_MIGRATED = Finding(
    "not-migrated",
    Severity.ERROR,
    "Cannot be migrated",
    detail="{reason} The file is not changed.",
    hint="{advice}",
    title="A file that cannot be converted to the current format.",
    what="`scfdeploy migrate` found a file without a function, with several components of a kind of which a file holds "
    "one, or written between brackets or with anchors where it must be split line by line.",
    why="A guess could deploy something other than before. The file is not changed.",
    wrong=yaml('hello: {component: "@serverless/tencent-scf", inputs: {name: hello}}'),
    right=yaml('hello:\n  component: "@serverless/tencent-scf"\n  inputs:\n    name: hello'),
)

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Migrated:
    """The new text of a file; that of the file itself where there is nothing to do or nothing can be done."""

    text: str
    diagnostics: Diagnostics


def migrate_text(text: str, file: str, *, default_name: str) -> Migrated:
    """Bring the text of a file, with its own line ends and byte-order mark, into today's form.

    Findings have the places of the text as it was; a file with an error among them stays as it is. `default_name` is
    that of the instance where the file names none. Migrating the result changes nothing.
    """
    found = Diagnostics()
    mark = _BOM if text.startswith(_BOM) else ""
    own = text.removeprefix(_BOM)
    tree = parse(_with_lf(own), file, found)
    if found.has_errors or not isinstance(tree, MappingNode):
        if not found.has_errors:
            _not_migrated(
                NotMigratedError(Span.at(file), "The file is not a mapping.", "Check that this is the right file."),
                found,
            )
        return Migrated(text, found)
    rewrite = Rewrite(own, file, within_texts=_within_texts(tree))
    told = Diagnostics()
    try:
        _migrate(tree, rewrite, told, default_name)
        new = rewrite.text()
        if new != own:
            _check(new, tree)
    except NotMigratedError as error:
        _not_migrated(error, found)
        return Migrated(text, found)
    found.extend(told)
    return Migrated(text if found.has_errors else mark + new, found)


def _migrate(tree: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics, default_name: str) -> None:
    provider = tree.get("provider")
    if tree.get("component") is not None:
        _gateways(tree, rewrite, diagnostics)
    elif top_level_components(tree):
        NamedComponents(tree, rewrite, diagnostics, default_name).migrate(_apps())
    elif provider is not None and "tencent" in (text_of(provider), text_of((mapping_of(provider) or tree).get("name"))):
        PluginFile(tree, provider, rewrite, diagnostics=diagnostics).migrate(default_name)
    else:
        choose_kind(tree, diagnostics)


def _gateways(tree: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """API Gateway triggers of a file in today's form."""
    inputs = mapping_of(tree.get("inputs"))
    if inputs is None:
        return
    word = component_kind(text_of(tree.get("component")) or "")
    if word == "scf":
        replace_in_events(inputs.get("events"), rewrite, diagnostics)
        replace_wish(inputs, rewrite, diagnostics)
    elif word in (*_apps(), "http"):
        replace_beside(inputs, rewrite, diagnostics)
    elif word == "multi-scf":
        replace_in_triggers(inputs, rewrite, diagnostics)
        for function in mapping_of(inputs.get("functions")) or ():
            settings = mapping_of(function)
            replace_in_events(None if settings is None else settings.get("events"), rewrite, diagnostics)


def _apps() -> frozenset[str]:
    """The kinds of which a file holds one."""
    return frozenset(name for kind in kinds() for name in kind.names) - {"scf", "multi-scf", "http"}


def _check(new: str, tree: MappingNode) -> None:
    """Refuse a text that is no YAML, as where a comment took an anchor away that something else needs."""
    again = Diagnostics()
    result = parse(_with_lf(new), tree.span.file, again)
    if again.has_errors or not isinstance(result, MappingNode) or result.get("component") is None:
        raise NotMigratedError(
            tree.span,
            "The file is written in a way that cannot be split line by line.",
            "Write it in plain blocks, without anchors and brackets, then migrate again.",
        )


def _within_texts(tree: MappingNode) -> frozenset[int]:
    """The lines of texts of several lines, but for the first of each."""
    spans = {node.span for node in walk(tree) if isinstance(node, ScalarNode)}
    return frozenset(line for span in spans for line in range(span.start.line + 1, span.end.line + 1))


def _with_lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_migrated(error: NotMigratedError, diagnostics: Diagnostics) -> None:
    diagnostics.report(NOT_MIGRATED, error.span, reason=error.detail, advice=error.hint)
