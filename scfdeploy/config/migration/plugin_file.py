"""Convert the format of the Serverless Framework's Tencent plugin, with `provider`, `functions` and `package`."""

from __future__ import annotations

import re

from scfdeploy.config.migration.function_settings import NOT_CARRIED_OVER, FunctionSettings, comment_out
from scfdeploy.config.migration.gateway_triggers import replace_in_events
from scfdeploy.config.migration.plain_blocks import NotMigratedError, block_mapping, item_lines, require_end_of_line
from scfdeploy.config.migration.variables import rewrite_framework_variables, without_default
from scfdeploy.config.rewriting.layout import (
    after_colon,
    comment_entry,
    end_line,
    first_comment_line,
    first_line,
    get,
    indent,
    last_line_before_next,
    mapping_of,
    text_of,
)
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.variables.errors import suggested_name
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.diagnostics import Diagnostics, Span, message

_IDENTITY = ("app", "stage", "org", "name")
_SILENT = ("plugins", "frameworkVersion", "configValidationMode", "useDotenv", "custom")
"""Keys that are commented out without a warning."""
_PATTERNS = ("exclude", "include", "patterns")


class PluginFile:
    """Converts one file."""

    def __init__(
        self, tree: MappingNode, provider: Entry, rewrite: Rewrite, *, folder: str, diagnostics: Diagnostics
    ) -> None:
        self._tree, self._provider = block_mapping(tree, tree.span, rewrite), provider
        self._rewrite, self._folder, self._diagnostics = rewrite, folder, diagnostics
        self._unknown: dict[str, str] = {}

    def migrate(self, default_name: str) -> None:
        """Convert the file. Raises NotMigratedError."""
        provider, functions = self._provider, self._tree.get("functions")
        if functions is None and mapping_of(self._tree.get("inputs")) is not None:
            self._convert_file_with_inputs(default_name)
            return
        named = () if functions is None else block_mapping(functions.value, functions.key.span, self._rewrite).entries
        if functions is None or not named:
            raise NotMigratedError(
                provider.key.span,
                message("The file has no functions."),
                message("Write them below `functions:`, or create a project with `scfdeploy init`."),
            )
        for entry in (*map(self._tree.get, (*_IDENTITY, "service", "package")), provider, functions):
            if entry is not None:
                rewrite_framework_variables(
                    entry.value, self._tree, self._folder, self._rewrite, self._name_unknown, self._diagnostics
                )
        shared = block_mapping(provider.value, provider.key.span, self._rewrite) if not text_of(provider) else None
        self._convert_top_level("scf" if len(named) == 1 else "multi-scf", default_name)
        margin = indent(shared.entries[0]) if shared is not None and shared.entries else 2
        own = [mapping_of(named[0])] if len(named) == 1 else []
        self._convert_provider(provider, shared, margin, has_code=any(map(self._has_code, (shared, *own))))
        if first_line(functions) < first_line(provider):
            first = first_comment_line(first_line(provider), self._rewrite)
            self._rewrite.move(
                first, end_line(provider), before=first_comment_line(first_line(functions), self._rewrite)
            )
        if len(named) == 1:
            self._convert_single(functions, named[0], shared, margin)
        else:
            self._convert_functions(functions, shared, margin)

    def _convert_file_with_inputs(self, default_name: str) -> None:
        """Convert a file that has `inputs` already and lacks only `component`."""
        self._convert_top_level("scf", default_name)
        self._rewrite.comment(first_line(self._provider), end_line(self._provider), 0)
        inputs = self._tree.get("inputs")
        events = None if inputs is None else get(inputs.value, "events")
        replace_in_events(events, self._rewrite, self._diagnostics)

    def _convert_top_level(self, component: str, default_name: str) -> None:
        """Write `component`, turn the service into the instance, and comment out keys of the framework."""
        service, name = self._tree.get("service"), self._tree.get("name")
        start = min(self._tree.entries, key=first_line)
        heads = [f"component: {component}"]
        if service is None and name is None:
            heads.append(f"name: {default_name}")
        self._rewrite.prepend(first_line(start), *heads)
        if service is not None:
            self._convert_service(service, is_name=name is None)
        provider = self._provider
        before = min(first_line(entry) for entry in (provider, self._tree.get("functions") or provider))
        before = first_comment_line(before, self._rewrite)
        for entry in self._tree:
            key = entry.key.text
            if key in (*_IDENTITY, "service"):
                if first_line(entry) > before:
                    first = first_comment_line(first_line(entry), self._rewrite)
                    self._rewrite.move(first, end_line(entry), before=before)
            elif key in _SILENT:
                comment_entry(entry, self._rewrite)
            elif key not in ("provider", "functions", "package", "inputs"):
                comment_out(entry, self._rewrite, self._diagnostics)
        stage = get(provider.value, "stage")
        if stage is not None and self._tree.get("stage") is None:
            first = first_comment_line(first_line(stage), self._rewrite)
            self._rewrite.move(first, end_line(stage), before=before)
            self._rewrite.shift(first, end_line(stage), -indent(stage))

    def _convert_service(self, service: Entry, *, is_name: bool) -> None:
        """Turn `service` into `name`, or comment it out if the file has a name."""
        inner = mapping_of(service)
        named = None if inner is None else block_mapping(inner, service.key.span, self._rewrite).get("name")
        if not is_name:
            comment_entry(service, self._rewrite)
        elif inner is None:
            self._rewrite.replace(service.key.span, "name")
        else:
            self._rewrite.drop(first_line(service), service.key.span.end)
            for entry in inner:
                if entry is named:
                    self._rewrite.shift(first_line(entry), end_line(entry), -indent(entry))
                else:
                    comment_out(entry, self._rewrite, self._diagnostics)

    def _has_code(self, settings: MappingNode | None) -> bool:
        """Whether settings name the code, which is the folder of the file otherwise."""
        if settings is None:
            return False
        named = FunctionSettings(settings, self._rewrite, self._diagnostics)
        return any(named.get(key) is not None for key in ("src", "image"))

    def _convert_provider(self, provider: Entry, shared: MappingNode | None, margin: int, *, has_code: bool) -> None:
        """Turn `provider` into `inputs`, and add the code unless the file has it."""
        self._rewrite.replace(provider.key.span, "inputs")
        if shared is None:
            place = after_colon(provider, self._rewrite)
            self._rewrite.replace(Span(self._rewrite.file, place, provider.value.span.end), "")
        else:
            silent = ["name", *(["stage"] if self._tree.get("stage") is not None else [])]
            if (text_of(shared.get("cosBucket")) or "DEFAULT") == "DEFAULT":
                silent.append("cosBucket")
            entries = [entry for entry in shared if entry.key.text != "stage" or "stage" in silent]
            settings = MappingNode(tuple(entries), shared.span)
            FunctionSettings(settings, self._rewrite, self._diagnostics).translate(silent=tuple(silent))
        self._convert_package(self._tree.get("package"), first_line(provider), margin, has_code=has_code)

    def _convert_package(self, package: Entry | None, line: int, margin: int, *, has_code: bool) -> None:
        """Write `src` below `line`, indented by `margin`, with the patterns of `package`, or comment them out."""
        pad = " " * margin
        settings = () if package is None else block_mapping(package.value, package.key.span, self._rewrite).entries
        patterns = {
            entry.key.text: (entry, entry.value)
            for entry in settings
            if entry.key.text in _PATTERNS and isinstance(entry.value, SequenceNode) and entry.value.items
        }
        if not has_code and ("exclude" in patterns or "patterns" in patterns):
            self._rewrite.after(line, f"{pad}src:", f"{pad}  src: ./", f"{pad}  exclude:")
            for key in _PATTERNS:
                if key in patterns:
                    line = self._move_patterns(*patterns[key], line, margin)
        else:
            patterns = {}
            if not has_code:
                self._rewrite.after(line, f"{pad}src: ./")
        if package is not None:
            self._rewrite.comment(first_line(package), first_line(package), indent(package))
            for entry in settings:
                if entry.key.text not in patterns:
                    comment_out(entry, self._rewrite, self._diagnostics)

    def _move_patterns(self, entry: Entry, sequence: SequenceNode, line: int, margin: int) -> int:
        """Move the items of a list of patterns below `line`, to `exclude`. Returns their last line."""
        if self._is_in_brackets(sequence):
            texts = [self._pattern_text(entry, item) for item in sequence.items]
            self._rewrite.after(line, *(f"{' ' * (margin + 4)}- {text}" for text in texts))
            self._rewrite.drop(first_line(entry), sequence.span.end)
            return line
        lines = item_lines(sequence, self._rewrite)
        for item in sequence.items:
            if entry.key.text != "exclude" and isinstance(item, ScalarNode):
                self._rewrite.replace(item.span, self._pattern_text(entry, item))
        first, last = first_line(entry), lines[-1][1]
        self._rewrite.drop(first, entry.key.span.end)
        start = first_comment_line(first, self._rewrite)
        self._rewrite.move_after(start, last, after=line)
        self._rewrite.shift(start, last, margin + 4 - self._rewrite.line_indent(lines[0][0]))
        return last

    def _is_in_brackets(self, sequence: SequenceNode) -> bool:
        """Whether a list is written between brackets, within one line."""
        start, end = sequence.span.start, sequence.span.end
        return start.line == end.line and self._rewrite.source_text(sequence.span).startswith("[")

    def _pattern_text(self, entry: Entry, item: Node) -> str:
        """An item of a list of patterns, as an item of `exclude`."""
        if entry.key.text == "exclude" or not isinstance(item, ScalarNode):
            return self._rewrite.source_text(item.span)
        # A pattern that includes files is a pattern of `exclude` with the opposite sign.
        pattern = item.text[1:] if item.text.startswith("!") else f"!{item.text}"
        quoted = pattern.replace("'", "''")
        return f"'{quoted}'"

    def _convert_functions(self, functions: Entry, shared: MappingNode | None, margin: int) -> None:
        """Move `functions` below `inputs`."""
        last = last_line_before_next(functions, self._tree, self._rewrite)
        self._rewrite.shift(first_comment_line(first_line(functions), self._rewrite), last, margin)
        for entry in block_mapping(functions.value, functions.key.span, self._rewrite):
            own = block_mapping(entry.value, entry.key.span, self._rewrite)
            if own.get("name") is None:
                depth = indent(own.entries[0]) if own.entries else indent(entry) + 2
                self._rewrite.after(first_line(entry), f"{' ' * depth}name: {_default_name(entry)}")
            self._convert_settings(own, shared, keep_shared=True)

    def _convert_single(self, functions: Entry, entry: Entry, shared: MappingNode | None, margin: int) -> None:
        """Move the settings of the only function to `inputs`, beside the shared ones."""
        own = block_mapping(entry.value, entry.key.span, self._rewrite)
        require_end_of_line(functions, self._rewrite)
        require_end_of_line(entry, self._rewrite)
        self._rewrite.drop(first_line(functions), functions.key.span.end)
        first = first_line(entry)
        if own.get("name") is None:
            self._rewrite.replace(entry.key.span, "name")
            self._rewrite.insert(after_colon(entry, self._rewrite), f" {_default_name(entry)}")
        else:
            self._rewrite.drop(first, entry.key.span.end)
        self._rewrite.shift(first_line(functions), first, margin - indent(entry))
        if own.entries:
            last = last_line_before_next(functions, self._tree, self._rewrite)
            self._rewrite.shift(first + 1, last, margin - indent(own.entries[0]))
        self._convert_settings(own, shared, keep_shared=False)

    def _convert_settings(self, own: MappingNode, shared: MappingNode | None, *, keep_shared: bool) -> None:
        """Convert the settings of one function. Without `keep_shared`, comment out shared ones that it overrides."""
        settings = FunctionSettings(own, self._rewrite, self._diagnostics)
        settings.translate()
        replace_in_events(own.get("events"), self._rewrite, self._diagnostics)
        if shared is None:
            return
        shared_environment = FunctionSettings(shared, self._rewrite, self._diagnostics).get("environment")
        self._merge_environments(settings.get("environment"), shared_environment)
        if not keep_shared:
            for entry in shared:
                if settings.get(entry.key.text) is not None:
                    comment_entry(entry, self._rewrite)

    def _merge_environments(self, own: Entry | None, shared: Entry | None) -> None:
        """Copy shared variables to a function that has its own, which replace the shared ones in the current format."""
        own_variables, shared_variables = _variables(own), _variables(shared)
        if not own_variables:
            return
        last = own_variables[-1]
        own_names = {entry.key.text for entry in own_variables}
        for entry in shared_variables:
            if entry.key.text in own_names:
                continue
            if end_line(entry) != first_line(entry):
                raise NotMigratedError(
                    entry.key.span,
                    message("The value of this shared variable has several lines and cannot be copied to functions."),
                    message("Write it into the functions that need it, then migrate again."),
                )
            text = self._rewrite.edited_line(first_line(entry)).lstrip()
            self._rewrite.after(end_line(last), " " * indent(last) + text)

    def _name_unknown(self, form: str, place: Span) -> str:
        """The environment variable for a variable whose value is not in the files, which is reported once."""
        if form not in self._unknown:
            name = suggested_name(form)
            if name in ("NAME", *self._unknown.values()):
                name = re.sub(r"\W+", "_", form, flags=re.ASCII).strip("_").upper()
            self._unknown[form] = name
            self._diagnostics.report(
                NOT_CARRIED_OVER,
                place,
                detail="The value of `${{form}}` is a secret or is not in the files; it is now `${env:{name}}`.",
                hint="Write `{name}=VALUE` into .env, or pass `--var {name}=VALUE`.",
                form=without_default(form),
                name=name,
            )
        return self._unknown[form]


def _default_name(entry: Entry) -> str:
    """The name that the plugin gives a function."""
    return f"${{name}}-${{stage}}-{entry.key.text}"


def _variables(entry: Entry | None) -> tuple[Entry, ...]:
    environment = mapping_of(entry)
    inner = get(environment, "variables")
    variables = environment if inner is None else mapping_of(inner)
    return () if variables is None else variables.entries
