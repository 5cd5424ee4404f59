"""Real files in older forms: after migration they load, keep their comments, and need no second migration."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.config.migration import migrate_text
from scfdeploy.diagnostics import Severity
from tests.support.command import scfdeploy
from tests.support.corpus import ABSENT, CORPUS, RealFile, arguments_for, prepare, real_files

FILES = real_files()
OLDER = ("v1-components", "plugin-provider")
REFUSED = Path(__file__).with_name("corpus_migrated.tsv")

pytestmark = pytest.mark.skipif(not FILES, reason=ABSENT)


def exact(file: RealFile) -> str:
    return (CORPUS / file.name).read_bytes().decode()


def comments(text: str) -> Counter[str]:
    """What is behind each sign of a comment."""
    return Counter(found.strip() for found in re.findall(r"(?:^|\s)#+ ?(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_comments_stay_and_a_second_run_has_nothing_to_do(file: RealFile) -> None:
    text = exact(file)

    migrated = migrate_text(text, file.name, default_name="shop")

    assert migrate_text(migrated.text, file.name, default_name="shop").text == migrated.text
    lost = [words for words in comments(text) if words not in migrated.text]
    assert lost == []
    lines = {line.strip() for line in text.splitlines() if line.strip().startswith("#")}
    assert all(line in migrated.text for line in lines)


def test_migrated_corpus_files_load(tmp_path: Path) -> None:
    found: dict[str, tuple[str, ...]] = {}
    counts: Counter[str] = Counter()
    for number, file in enumerate(FILES):
        text = exact(file)
        migrated = migrate_text(text, file.name, default_name="shop")
        if any(one.severity is Severity.ERROR for one in migrated.diagnostics):
            counts[f"{file.dialect}: refused"] += 1
            assert migrated.text == text
            continue
        counts[f"{file.dialect}: {'migrated' if migrated.text != text else 'nothing to do'}"] += 1
        if migrated.text != text:
            folder = prepare(tmp_path / str(number) / "project", migrated.text)
            document = scfdeploy("validate", folder, *arguments_for(migrated.text), "--format", "json").document
            errors = {one["rule"] for one in document["diagnostics"] if one["severity"] == "error"}
            if errors:
                found[file.name] = tuple(sorted(errors))
    print(*(f"{words} {count}" for words, count in sorted(counts.items())), sep="\n")
    rows = csv.DictReader(REFUSED.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    assert found == {row["file"]: tuple(row["errors"].split()) for row in rows}


def test_migration_keeps_deployed_functions_except_gateways(tmp_path: Path) -> None:
    looked_at = 0
    for number, file in enumerate(FILES):
        text = exact(file)
        migrated = migrate_text(text, file.name, default_name="shop").text
        beside_source = re.search(r"^  (exclude|include):", text, re.MULTILINE)  # takes effect once it is moved
        if file.dialect in OLDER or migrated == text or beside_source:
            continue
        folder = prepare(tmp_path / str(number) / "project", migrated)
        before, after = functions(folder, text), functions(folder, migrated)
        if file.dialect != "http/framework":  # their gateways are read as URLs already
            before, after = without_urls(before), without_urls(after)
        assert before == after, file.name
        looked_at += 1
    print(f"{looked_at} files")


Function = tuple[str, str, dict[str, str], object, dict[str, dict[str, object]]]


def functions(folder: Path, text: str) -> list[Function]:
    """What would be deployed: address, region, settings, code, triggers."""
    (folder / "serverless.yml").write_text(text, encoding="utf-8")
    variables = dict(one.removeprefix("--var=").split("=", 1) for one in arguments_for(text))
    project = load_project(".", LoadOptions(variables=variables, cwd=str(folder))).project
    assert project is not None
    return [
        (
            str(one.address),
            one.region,
            {name: repr(value) for name, value in one.settings.items()},
            (getattr(one.source, "root", None), getattr(one.source, "exclude", None)),
            {
                str(trigger.address): {k: v for k, v in trigger.settings.items() if v != "$DEFAULT"}
                for trigger in one.triggers
            },
        )
        for one in project.functions
    ]


def without_urls(found: list[Function]) -> list[Function]:
    return [
        (*one[:4], {address: settings for address, settings in one[4].items() if "/http/" not in address})
        for one in found
    ]


def test_only_what_has_no_function_or_does_not_parse_is_refused() -> None:
    refused = {}
    for file in FILES:
        migrated = migrate_text(exact(file), file.name, default_name="shop")
        errors = {one.rule for one in migrated.diagnostics if one.severity is Severity.ERROR}
        if file.dialect in OLDER and errors:
            refused[file.name] = sorted(errors)
    assert set(map(tuple, refused.values())) <= {
        ("not-migrated",),
        ("value-masked",),
        ("value-masked", "yaml-colon"),
        ("duplicate-key",),
    }
    assert sum(errors == ["not-migrated"] for errors in refused.values()) == 1  # a website alone
