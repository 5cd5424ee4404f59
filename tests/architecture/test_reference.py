"""The reference has everything that there is: commands, options, keys, triggers, findings, documents, exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scfdeploy.cli.app import COMMANDS
from scfdeploy.cli.exits import ExitCode
from scfdeploy.emulator.faults.rule import Rule
from scfdeploy.emulator.registry import ACTIONS
from scfdeploy.emulator.settings import Settings
from scfdeploy.model import FUNCTION_FIELDS, LAYER_FIELDS
from scfdeploy.report.pages import all_pages
from scfdeploy.triggers import TRIGGER_TYPES
from scripts.generate_reference import reference_files, stale_pages
from scripts.generate_schemas import schema_files
from scripts.reference.command_pages import LINES, Command, all_commands, options_of
from scripts.reference.document_schemas import DOCUMENTS, all_documents
from scripts.reference.emulator_page import CONTROL_PATHS, control_paths, field_meanings
from scripts.reference.exit_code_page import MEANINGS
from scripts.reference.key_facts import FUNCTION, LAYER, TRIGGERS
from scripts.reference.key_pages import function_keys, layer_keys, trigger_keys
from scripts.reference.llms_text import llms_text
from tests.support.scripts import ROOT

_REFERENCE = ROOT / "docs" / "reference"
_FILES = reference_files()
_COMMANDS = list(all_commands())


def _read(name: str) -> str:
    return (_REFERENCE / name).read_text("utf-8")


@pytest.mark.parametrize("name", _FILES)
def test_generated_page_is_fresh(name: str) -> None:
    """Otherwise: python scripts/generate_reference.py."""
    assert (ROOT / name).read_text("utf-8") == _FILES[name]


def test_pages_of_what_is_gone_are_removed() -> None:
    assert stale_pages(_FILES) == []


def test_every_command_and_option_is_documented() -> None:
    missing = [(command.name, option.opts) for command in _COMMANDS for option in _undocumented_options(command)]
    assert missing == []
    assert {command.name.partition(" ")[0] for command in _COMMANDS} == {"", *COMMANDS}


def _undocumented_options(command: Command) -> list[object]:
    page = _read(f"commands/{command.name.partition(' ')[0] or 'index'}.md")
    section = page
    if command.name:
        usage = f"scfdeploy {command.name} [OPTIONS]"
        assert usage in page
        section = page.partition(usage)[2].partition("\n## ")[0]
    return [option for option in options_of(command) if f"| `{option.opts[0]}`" not in section]


def test_every_command_that_prints_a_result_prints_json() -> None:
    leaves = [command for command in _COMMANDS if command.name and not hasattr(command.click, "list_commands")]
    with_json = {command.name for command in leaves if "json" in _formats(command)}
    # `dev` runs until it is stopped: it has no result that could be one document.
    assert {command.name for command in leaves} - with_json == {"dev"}
    assert {command for document in DOCUMENTS for command in document.commands} == with_json
    assert {command.name for command in leaves if "jsonl" in _formats(command)} == set(LINES)


def _formats(command: Command) -> list[str]:
    (option,) = [option for option in options_of(command) if "--format" in option.opts]
    return [str(getattr(choice, "value", choice)) for choice in option.type.choices]


def test_every_key_is_documented() -> None:
    assert set(FUNCTION) == {field.name for field in FUNCTION_FIELDS}
    assert set(LAYER) == {field.name for field in LAYER_FIELDS}
    assert set(TRIGGERS) == {kind.type for kind in TRIGGER_TYPES}
    functions, layers, triggers = (_read(f"keys/{name}.md") for name in ("function", "layer", "triggers"))
    for keys, page in ((function_keys(), functions), (layer_keys(), layers)):
        assert [key.path for key in keys if not _is_in(page, key.path)] == []
    for kind in TRIGGER_TYPES:
        section = triggers.partition(f"\n## {kind.type}\n")[2].partition("\n## ")[0]
        assert [key.path for key in trigger_keys(kind) if f"| `{key.path}` |" not in section] == []


def _is_in(page: str, path: str) -> bool:
    return (f"\n## {path}\n" if "." not in path else f"| `{path}` |") in page


def test_every_finding_has_a_page() -> None:
    index = (_REFERENCE / "rules" / "index.md").read_text("utf-8")
    assert all_pages()
    for name in all_pages():
        assert (_REFERENCE / "rules" / f"{name}.md").is_file()
        assert f"({name}.md)" in index


def test_every_document_has_a_schema_and_a_section() -> None:
    page = _read("json-documents.md")
    names = [document.name for document in all_documents()]
    assert len(names) == len(set(names))
    assert [name for name in names if f"\n## {name}\n" not in page] == []
    assert set(schema_files()) == {"serverless.schema.json", *(f"{name}.schema.json" for name in names)}


def test_every_exit_code_is_documented() -> None:
    assert set(MEANINGS) == set(ExitCode)


def test_every_part_of_the_local_server_is_documented() -> None:
    assert set(CONTROL_PATHS) == control_paths()
    page = _read("emulator-api.md")
    assert [action for _, action in ACTIONS if f"| `{action}` |" not in page] == []
    for declaration in (Settings, Rule):
        meanings = field_meanings(declaration)
        assert set(meanings) == set(declaration.__dataclass_fields__)
        assert all(meanings.values())


def test_text_for_language_models_is_fresh_and_names_existing_pages() -> None:
    """Otherwise: python scripts/generate_reference.py."""
    text = (ROOT / "llms.txt").read_text("utf-8")
    assert text == llms_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > len(COMMANDS)
    assert [link for link in links if not Path(ROOT / link).is_file()] == []


def test_every_environment_variable_is_documented() -> None:
    text = "".join(path.read_text("utf-8") for path in _sources())
    named = set(re.findall(r'"((?:SCFDEPLOY|TENCENT|TENCENTCLOUD|TKE)_[A-Z_]+[A-Z])"', text))
    page = _read("environment-variables.md")
    assert len(named) > 15
    assert {name for name in named if f"`{name}`" not in page} == _FOR_CHILD_PROCESSES


def _sources() -> list[Path]:
    """The modules that can read the environment of scfdeploy: functions on the local server have their own."""
    folders = [
        ROOT / "scfdeploy" / name for name in ("cli", "config", "operations", "packager", "providers", "workspace")
    ]
    return [path for folder in folders for path in folder.rglob("*.py") if path.name != "table.py"]


_FOR_CHILD_PROCESSES = {"SCFDEPLOY_MARKERS", "SCFDEPLOY_SOURCE_BUILDS", "SCFDEPLOY_QUEUE_URL"}
"""Set by scfdeploy for programs that it starts."""
