"""The form of the Serverless Framework's Tencent plugin: `provider` with what all functions share, and `functions`."""

from __future__ import annotations

import re

from scfdeploy.config.migration.function_settings import Settings, leave_out
from scfdeploy.config.migration.gateway_triggers import replace_in_events
from scfdeploy.config.migration.layout import (
    NotMigratedError,
    after_colon,
    bare,
    block,
    end_line,
    first_line,
    indent,
    mapping_of,
    text_of,
    with_comments,
)
from scfdeploy.config.migration.plugin_package import move_package
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.migration.variables import Answer, find, rewrite_variables
from scfdeploy.config.yaml import Entry, MappingNode
from scfdeploy.diagnostics import Diagnostics, Span

_TOP = ("app", "stage", "org", "name")
_SILENT = ("plugins", "frameworkVersion", "configValidationMode", "useDotenv", "custom")


class PluginFile:
    """Brings one file of this form into today's."""

    def __init__(self, tree: MappingNode, provider: Entry, rewrite: Rewrite, *, diagnostics: Diagnostics) -> None:
        self._tree, self._provider = block(tree, tree.span, rewrite), provider
        self._rewrite, self._diagnostics = rewrite, diagnostics

    def migrate(self, default_name: str) -> None:
        """Bring the functions into today's form. NotMigratedError."""
        provider, functions = self._provider, self._tree.get("functions")
        if functions is None and mapping_of(self._tree.get("inputs")) is not None:
            self._with_inputs(default_name)
            return
        named = () if functions is None else block(functions.value, functions.key.span, self._rewrite).entries
        if functions is None or not named:
            raise NotMigratedError(
                provider.key.span,
                "There are no functions in this file.",
                "Name them below `functions:`, or begin anew with `scfdeploy init`.",
            )
        for entry in (provider, functions):
            rewrite_variables(entry.value, self._answer, self._rewrite)
        shared = block(provider.value, provider.key.span, self._rewrite) if not text_of(provider) else None
        self._head("scf" if len(named) == 1 else "multi-scf", default_name)
        margin = indent(shared.entries[0]) if shared is not None and shared.entries else 2
        self._inputs(provider, shared, margin)
        if first_line(functions) < first_line(provider):
            first = with_comments(first_line(provider), self._rewrite)
            self._rewrite.move(first, end_line(provider), before=with_comments(first_line(functions), self._rewrite))
        if len(named) == 1:
            self._alone(functions, named[0], shared, margin)
        else:
            self._together(functions, shared, margin)

    def _with_inputs(self, default_name: str) -> None:
        """A file that has `inputs` already and lacks only its component."""
        self._head("scf", default_name)
        self._rewrite.comment(first_line(self._provider), end_line(self._provider), 0)
        inputs = mapping_of(self._tree.get("inputs"))
        replace_in_events(None if inputs is None else inputs.get("events"), self._rewrite, self._diagnostics)

    def _head(self, component: str, default_name: str) -> None:
        """The keys of the top: the service is the instance now; what belongs to the framework becomes a comment."""
        service, name = self._tree.get("service"), self._tree.get("name")
        start = min(self._tree.entries, key=first_line)
        heads = [f"component: {component}"]
        if service is None and name is None:
            heads.append(f"name: {default_name}")
        self._rewrite.head(first_line(start), *heads)
        if service is not None:
            self._service(service, is_name=name is None)
        provider = self._provider
        before = min(first_line(entry) for entry in (provider, self._tree.get("functions") or provider))
        before = with_comments(before, self._rewrite)
        for entry in self._tree:
            word = entry.key.text
            if word in (*_TOP, "service"):
                if first_line(entry) > before:
                    first = with_comments(first_line(entry), self._rewrite)
                    self._rewrite.move(first, end_line(entry), before=before)
            elif word in _SILENT:
                self._rewrite.comment(first_line(entry), end_line(entry), indent(entry))
            elif word not in ("provider", "functions", "package", "inputs"):
                leave_out(entry, self._rewrite, self._diagnostics)
        stage = (mapping_of(provider) or MappingNode((), provider.key.span)).get("stage")
        if stage is not None and self._tree.get("stage") is None:
            first = with_comments(first_line(stage), self._rewrite)
            self._rewrite.move(first, end_line(stage), before=before)
            self._rewrite.shift(first, end_line(stage), -indent(stage))

    def _service(self, service: Entry, *, is_name: bool) -> None:
        inner = mapping_of(service)
        named = None if inner is None else block(inner, service.key.span, self._rewrite).get("name")
        if not is_name:
            self._rewrite.comment(first_line(service), end_line(service), indent(service))
        elif inner is None:
            self._rewrite.replace(service.key.span, "name")
        else:
            self._rewrite.drop(first_line(service), service.key.span.end)
            for entry in inner:
                if entry is named:
                    self._rewrite.shift(first_line(entry), end_line(entry), -indent(entry))
                else:
                    leave_out(entry, self._rewrite, self._diagnostics)

    def _inputs(self, provider: Entry, shared: MappingNode | None, margin: int) -> None:
        """`provider` becomes `inputs`, with the code, which was always the folder of the file."""
        self._rewrite.replace(provider.key.span, "inputs")
        if shared is None:
            place = after_colon(provider, self._rewrite)
            self._rewrite.replace(Span(self._rewrite.file, place, provider.value.span.end), "")
        else:
            silent = ["name", *(["stage"] if self._tree.get("stage") is not None else [])]
            if (text_of(shared.get("cosBucket")) or "DEFAULT") == "DEFAULT":
                silent.append("cosBucket")
            kept = [entry for entry in shared if entry.key.text != "stage" or "stage" in silent]
            settings = MappingNode(tuple(kept), shared.span)
            Settings(settings, self._rewrite, self._diagnostics).translate(silent=tuple(silent))
        move_package(self._tree.get("package"), first_line(provider), margin, self._rewrite, self._diagnostics)

    def _together(self, functions: Entry, shared: MappingNode | None, margin: int) -> None:
        """Several functions stay below `functions`, which goes below `inputs`."""
        self._rewrite.shift(with_comments(first_line(functions), self._rewrite), self._until(functions), margin)
        for entry in block(functions.value, functions.key.span, self._rewrite):
            own = block(entry.value, entry.key.span, self._rewrite)
            if own.get("name") is None:
                depth = indent(own.entries[0]) if own.entries else indent(entry) + 2
                self._rewrite.after(first_line(entry), f"{' ' * depth}name: {_name(entry)}")
            self._read(own, shared, keep_shared=True)

    def _alone(self, functions: Entry, entry: Entry, shared: MappingNode | None, margin: int) -> None:
        """One function: its settings stand with those that it would share."""
        own = block(entry.value, entry.key.span, self._rewrite)
        for one in (functions, entry):
            bare(one, self._rewrite)
        self._rewrite.drop(first_line(functions), functions.key.span.end)
        first = first_line(entry)
        if own.get("name") is None:
            self._rewrite.replace(entry.key.span, "name")
            self._rewrite.insert(after_colon(entry, self._rewrite), f" {_name(entry)}")
        else:
            self._rewrite.drop(first, entry.key.span.end)
        self._rewrite.shift(first_line(functions), first, margin - indent(entry))
        if own.entries:
            self._rewrite.shift(first + 1, self._until(functions), margin - indent(own.entries[0]))
        self._read(own, shared, keep_shared=False)

    def _read(self, own: MappingNode, shared: MappingNode | None, *, keep_shared: bool) -> None:
        """The settings of one function in today's words, with what it has in common with what is shared."""
        settings = Settings(own, self._rewrite, self._diagnostics)
        settings.translate()
        replace_in_events(own.get("events"), self._rewrite, self._diagnostics)
        if shared is None:
            return
        whole = Settings(shared, self._rewrite, self._diagnostics)
        self._join_environments(settings.get("environment"), whole.get("environment"))
        if not keep_shared:
            for entry in shared:
                if settings.get(entry.key.text) is not None:
                    whole.into_comment(entry)

    def _join_environments(self, own: Entry | None, shared: Entry | None) -> None:
        """A function with variables of its own had the shared ones too; today its own are all it has."""
        mine, theirs = _variables(own), _variables(shared)
        if own is None or not mine or not theirs:
            return
        last, pad = mine[-1], " " * indent(mine[-1])
        for entry in theirs:
            if entry.key.text not in {one.key.text for one in mine}:
                if end_line(entry) != first_line(entry):
                    raise NotMigratedError(
                        entry.key.span,
                        "This variable has a value of several lines, and would have to stand in each function.",
                        "Write it into the functions that need it, then migrate again.",
                    )
                self._rewrite.after(end_line(last), pad + self._rewrite.now(first_line(entry)).lstrip())

    def _until(self, functions: Entry) -> int:
        after = [first_line(other) for other in self._tree if first_line(other) > first_line(functions)]
        if not after:
            return self._rewrite.end
        return max(end_line(functions), with_comments(min(after), self._rewrite) - 1)

    def _answer(self, inner: str, place: Span) -> Answer:
        word, colon, path = inner.partition(":")
        if re.fullmatch(r"env\.\w+", inner):
            return f"${{env:{inner[4:]}}}"
        if word != "self" or not colon:
            return None
        if path in ("service", "service.name"):
            return "${name}"
        if path == "provider.stage":
            return "${stage}"
        return find(self._tree, path)


def _name(entry: Entry) -> str:
    """The name that the plugin gave a function."""
    return f"${{name}}-${{stage}}-{entry.key.text}"


def _variables(entry: Entry | None) -> tuple[Entry, ...]:
    environment = mapping_of(entry)
    inner = None if environment is None else environment.get("variables")
    found = environment if inner is None else mapping_of(inner)
    return () if found is None else found.entries
