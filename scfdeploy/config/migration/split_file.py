"""Convert a file with named components; each component that scfdeploy deploys gets a folder if there are several."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from scfdeploy.config.components.local_path import is_local_path, report_local_path
from scfdeploy.config.files import with_line_feeds
from scfdeploy.config.migration.named_components import (
    INSTANCE_APART,
    NamedComponents,
    Surroundings,
    kind_of,
    report_instance_apart,
    top_level_components,
)
from scfdeploy.config.migration.plain_blocks import NotMigratedError, block_mapping
from scfdeploy.config.migration.written_out import CONSTANTS, IDENTITY, WrittenOut, write_out
from scfdeploy.config.rewriting.layout import (
    comment_entry,
    first_comment_line,
    first_line,
    get,
    last_line_before_next,
    mapping_of,
    multi_line_scalar_lines,
    text_of,
    walk,
)
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, Style, parse
from scfdeploy.diagnostics import Diagnostic, Diagnostics, Position, Severity, Span, message
from scfdeploy.records import NamedTuple, replace

_FOLDER = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII)
_FUNCTIONS_FOLDER = "functions"


class NewFile(NamedTuple):
    """A file to write beside the migrated one, for a component that needs its own folder."""

    path: str
    """Relative to the folder of the migrated file, with slashes."""
    text: str


class SplitFile:
    """Converts one file. `content` is its text, with its own line ends."""

    def __init__(self, tree: MappingNode, content: str, *, default_name: str, choice: str | None) -> None:
        self._file, self._content, self._default_name, self._choice = tree.span.file, content, default_name, choice
        self._newline = "\r\n" if "\r\n" in content else "\n"
        self._original = Rewrite(content, self._file)
        self._written = written = write_out(tree, self._original, content)
        self._tree = tree if written.text == content else _parsed(written.text, self._file, tree.span)
        self._rewrite = Rewrite(written.text, self._file, within_texts=multi_line_scalar_lines(self._tree))
        self._found: list[Diagnostic] = []

    def migrate(self, kinds: frozenset[str], diagnostics: Diagnostics) -> tuple[str, tuple[NewFile, ...]]:
        """The new text of the file and the new files. Raises NotMigratedError."""
        unknown = [entry for entry in top_level_components(self._tree) if self._choice is None and _is_local(entry)]
        for entry in unknown:
            component, inputs = get(entry.value, "component"), get(entry.value, "inputs")
            if component is not None and isinstance(component.value, ScalarNode):
                value = None if inputs is None else inputs.value
                report_local_path(component.value, value, entry.key.text, diagnostics)
        if unknown:
            return self._content, ()
        with self._errors_in_file(self._written):
            groups = self._groups(kinds)
        if len(groups) > 1:
            text, files = self._split(groups, kinds)
        else:
            text, files = self._convert(self._tree, self._rewrite, self._written, kinds, None)[0], ()
        diagnostics.extend(dict.fromkeys(self._found))
        return text, files

    def _groups(self, kinds: frozenset[str]) -> dict[str, list[Entry]]:
        """The components of each new file, by its folder."""
        components = top_level_components(self._tree)
        functions = [entry for entry in components if kind_of(entry, self._choice) == "scf"]
        others = [entry for entry in components if kind_of(entry, self._choice) in kinds]
        groups = {entry.key.text: [entry] for entry in others}
        if len(functions) == 1:
            groups[functions[0].key.text] = functions
        elif functions:
            groups[_FUNCTIONS_FOLDER] = functions
        if len(groups) > 1:
            _require_folders(groups, components)
        return groups

    def _convert(
        self, tree: MappingNode, rewrite: Rewrite, text: WrittenOut, kinds: frozenset[str], around: Surroundings | None
    ) -> tuple[str, NamedComponents]:
        found = Diagnostics()
        name = self._default_name if around is None else _FUNCTIONS_FOLDER
        converter = NamedComponents(tree, rewrite, found, name, choice=self._choice, around=around)
        with self._errors_in_file(text):
            converter.migrate(kinds)
        self._note(found, text)
        return rewrite.text(), converter

    def _split(self, groups: dict[str, list[Entry]], kinds: frozenset[str]) -> tuple[str, tuple[NewFile, ...]]:
        with self._errors_in_file(self._written):
            block_mapping(self._tree, self._tree.span, self._rewrite)
        files: list[NewFile] = []
        uses: Counter[str] = Counter()
        called: set[str] = set()
        for folder, group in groups.items():
            text, converter = self._convert_group({entry.key.text for entry in group}, kinds)
            files.append(
                NewFile(f"{folder}/serverless.yml", _from_folder(text, folder, self._file, partial(self._place, group)))
            )
            uses.update(converter.uses)
            called |= converter.called_gateways
        found = Diagnostics()
        with self._errors_in_file(self._written):
            text = self._remaining_text(groups, uses, called, found)
        self._note(found, self._written)
        return text, tuple(files)

    def _convert_group(self, own: set[str], kinds: frozenset[str]) -> tuple[str, NamedComponents]:
        """The text of a new file, whose paths are still those of this file."""
        keep = {
            entry.key.text
            for entry in self._tree
            if entry.key.text in own or entry.key.text in IDENTITY or self._is_context(entry)
        }
        has_name = self._tree.get("name") is not None
        has_app = self._tree.get("app") is not None
        lines = [number for entry in self._tree if entry.key.text in keep for number in self._range(entry)]
        rows = [self._line(number) for number in sorted(lines)]
        if not has_app and not has_name:
            rows.insert(0, f"app: {self._default_name}{self._newline}")
            lines.insert(0, 1)
        sub = WrittenOut("".join(rows), tuple(self._written.lines[number - 1] for number in sorted(lines)))
        tree = _parsed(sub.text, self._file, self._in_file(self._tree.span, self._written))
        names = {entry.key.text for entry in top_level_components(self._tree)}
        context = frozenset(keep - own - set(IDENTITY))
        around = Surroundings(context, frozenset(names - keep), name_is_app=has_name and not has_app)
        rewrite = Rewrite(sub.text, self._file, within_texts=multi_line_scalar_lines(tree))
        return self._convert(tree, rewrite, sub, kinds, around)

    def _is_context(self, entry: Entry) -> bool:
        """Whether other components look values up there, or are called from there."""
        if text_of(get(entry.value, "component")) is None:
            return entry.key.text not in IDENTITY
        return kind_of(entry, self._choice) in (CONSTANTS, "apigateway")

    def _remaining_text(
        self, groups: dict[str, list[Entry]], uses: Counter[str], called: set[str], found: Diagnostics
    ) -> str:
        """What stays in the file: app and stage, and all that no new file has, as a comment."""
        rewrite = self._rewrite
        folders = {entry.key.text: folder for folder, group in groups.items() for entry in group}
        has_app = self._tree.get("app") is not None
        for entry in self._tree:
            name = entry.key.text
            if name in folders:
                numbers = self._range(entry)
                rewrite.remove(numbers[0], numbers[-1])
                found.report(
                    INSTANCE_APART,
                    entry.key.span,
                    severity=Severity.INFO,
                    detail='"{name}" moves to {path}, because a file holds one instance.',
                    hint="Run scfdeploy in the folder of this file, as before: it reads the files of all folders.",
                    name=name,
                    path=f"{folders[name]}/serverless.yml",
                )
            elif name == "name" and not has_app:
                rewrite.replace(entry.key.span, "app")
            elif name not in IDENTITY or name == "name":
                comment_entry(entry, rewrite)
                kind = kind_of(entry, self._choice) if get(entry.value, "component") is not None else CONSTANTS
                if kind != CONSTANTS and (name not in called or uses[name]):
                    report_instance_apart(entry, kind, uses[name], found)
        text = rewrite.text()
        if has_app or self._tree.get("name") is not None:
            return text
        return f"app: {self._default_name}{self._newline}{text}"

    def _range(self, entry: Entry) -> range:
        """The lines of a top-level entry, with the comment above it."""
        first = first_comment_line(first_line(entry), self._rewrite)
        return range(first, last_line_before_next(entry, self._tree, self._rewrite) + 1)

    def _place(self, group: Sequence[Entry], text: str) -> Span:
        """Where a text stands in the components of one new file, or the first of these if it is put together."""
        scalars = (node for entry in group for node in walk(entry.value) if isinstance(node, ScalarNode))
        span = next((scalar.span for scalar in scalars if scalar.text == text), group[0].key.span)
        return self._in_file(span, self._written)

    def _line(self, number: int) -> str:
        return self._rewrite.source_line(number) + self._newline

    @contextmanager
    def _errors_in_file(self, text: WrittenOut) -> Iterator[None]:
        """Give a NotMigratedError its place in the file instead of that in `text`."""
        try:
            yield
        except NotMigratedError as error:
            raise NotMigratedError(self._in_file(error.span, text), error.detail, error.hint) from None

    def _note(self, found: Diagnostics, text: WrittenOut) -> None:
        for diagnostic in found:
            span = diagnostic.subject
            self._found.append(diagnostic if span is None else replace(diagnostic, subject=self._in_file(span, text)))

    def _in_file(self, span: Span, text: WrittenOut) -> Span:
        """The place in the original text: the same one, or the line if the text of the line is another."""
        number = text.lines[min(span.start.line, len(text.lines)) - 1]
        original = self._original.source_line(number)
        rows = re.split("\r\n|\n|\r", text.text)
        same = span.start.line <= len(rows) and rows[span.start.line - 1] == original
        if same and span.start.line == span.end.line:
            start, end = span.start.column, span.end.column
        else:
            start, end = len(original) - len(original.lstrip()) + 1, len(original.rstrip()) + 1
        return Span(self._file, Position(number, start), Position(number, max(start, end)))


def _is_local(entry: Entry) -> bool:
    return is_local_path(text_of(get(entry.value, "component")) or "")


def _require_folders(groups: dict[str, list[Entry]], components: Sequence[Entry]) -> None:
    """Raise NotMigratedError if a component cannot have a folder with its name."""
    seen: set[str] = set()
    for folder, group in groups.items():
        if _FOLDER.fullmatch(folder) is None or folder.lower() in seen:
            raise NotMigratedError(
                group[0].key.span,
                message('The component would need a folder named "{folder}".', folder=folder),
                message("Rename it, with letters and digits only, then migrate again."),
            )
        seen.add(folder.lower())
    names = Counter(entry.key.text for entry in components)
    if names[_FUNCTIONS_FOLDER] and len(groups.get(_FUNCTIONS_FOLDER, ())) > 1:
        entry = next(entry for entry in components if entry.key.text == _FUNCTIONS_FOLDER)
        if entry not in groups[_FUNCTIONS_FOLDER]:
            raise NotMigratedError(
                entry.key.span,
                message('The functions of this file would need a folder named "{folder}".', folder=_FUNCTIONS_FOLDER),
                message("Rename this component, then migrate again."),
            )


def _from_folder(text: str, folder: str, file: str, place: Callable[[str], Span]) -> str:
    """The text with the paths of `src`, which are relative to the parent folder, relative to `folder`.

    Raises NotMigratedError for a path that cannot be rewritten; `place` finds a path in the file of the user.
    """
    tree = _parsed(text, file, Span.at(file))
    rewrite = Rewrite(text, file)
    inputs = mapping_of(tree.get("inputs"))
    functions = mapping_of(get(inputs, "functions")) or ()
    hooks: dict[Position, ScalarNode] = {}
    for settings in (inputs, *(mapping_of(function) for function in functions)):
        source = get(settings, "src")
        inner = mapping_of(source)
        for entry in (source,) if inner is None else (inner.get("src"), inner.get("dist")):
            if entry is not None and isinstance(entry.value, ScalarNode) and text_of(entry) is not None:
                _rewrite_path(entry.value, folder, rewrite, place)
        hook = None if inner is None else inner.get("hook")
        if hook is not None and isinstance(hook.value, ScalarNode) and text_of(hook) is not None:
            hooks.setdefault(hook.value.span.start, hook.value)  # functions can share one by an anchor
    for command in hooks.values():
        _run_in_parent(command, rewrite)
    return rewrite.text()


def _run_in_parent(command: ScalarNode, rewrite: Rewrite) -> None:
    """Put `cd .. &&` before a command."""
    start = command.span.start
    if command.style is Style.BLOCK:
        lines = range(start.line + 1, command.span.end.line + 1)
        first = next((line for line in lines if rewrite.source_line(line).strip()), None)
        if first is not None:
            rewrite.before(first, f"{' ' * rewrite.line_indent(first)}cd .. &&")
        return
    is_quoted = rewrite.source_line(start.line)[start.column - 1 :].startswith(("'", '"'))
    rewrite.insert(Position(start.line, start.column + is_quoted), "cd .. && ")


def _rewrite_path(scalar: ScalarNode, folder: str, rewrite: Rewrite, place: Callable[[str], Span]) -> None:
    path = scalar.text
    if not path or path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path):
        return
    if "${" in path:
        _replace_text(scalar, f"../{path.removeprefix('./')}", rewrite, place)
        return
    inside = posixpath.relpath(posixpath.normpath(path), folder)
    if not inside.startswith(".."):
        new = "./" if inside == "." else f"./{inside}"
    else:
        new = posixpath.normpath(posixpath.join("..", path))
        new = "../" if new == ".." else new
    _replace_text(scalar, new, rewrite, place)


def _replace_text(scalar: ScalarNode, new: str, rewrite: Rewrite, place: Callable[[str], Span]) -> None:
    """Replace a text in its quotes. Raises NotMigratedError for one with escapes or on several lines."""
    source = rewrite.source_text(scalar.span) if scalar.span.start.line == scalar.span.end.line else ""
    if scalar.text not in source:
        raise NotMigratedError(
            place(scalar.text),
            message('The path "{path}" is not on one line, or is written with escapes.', path=scalar.text),
            message("Write it plainly, then migrate again."),
        )
    rewrite.replace(scalar.span, source.replace(scalar.text, new, 1))


def _parsed(text: str, file: str, place: Span) -> MappingNode:
    """The tree of a text that was made of lines of the file. Raises NotMigratedError if it cannot be parsed."""
    found = Diagnostics()
    tree: Node | None = parse(with_line_feeds(text), file, found)
    if found.has_errors or not isinstance(tree, MappingNode):
        raise NotMigratedError(
            place,
            message("The file cannot be split line by line."),
            message("Write it in plain blocks, without anchors and brackets, then migrate again."),
        )
    return tree
