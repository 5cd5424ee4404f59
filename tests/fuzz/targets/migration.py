"""`migrate` on any file: today's form or words why not; what comes out can be read, and needs no second run."""

from __future__ import annotations

from scfdeploy.config.migration import migrate_text
from scfdeploy.config.yaml import MappingNode, parse
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model.redaction import difference
from scfdeploy.results import Findings
from scfdeploy.results.migrated import MigratedFile, Migration
from tests.fuzz.promises import require, require_calm, require_places

WORDS = tuple(
    word.encode()
    for word in (
        *(
            "service: ",
            "provider:\n  name: tencent\n",
            "functions:\n",
            "  handler: ",
            "plugins:\n",
            "serverless-tencent-scf",
        ),
        *(
            'component: "@serverless/tencent-scf"\n',
            "component: serverless-global\n",
            "  inputs:\n",
            "codeUri: ",
            "region: ",
        ),
        *(
            "events:\n",
            "- apigw:\n",
            "name: x\n",
            "parameters:\n",
            "endpoints:\n",
            "path: /\n",
            "${Conf.region}",
            "package:\n",
        ),
        *(
            "exclude:\n",
            "include:\n",
            "component: scf\n",
            "triggers:\n",
            "type: apigw\n",
            "- apigw: {}\n",
            "# c\n",
            "\r\n",
        ),
        *("<<: ", "&a ", "*a", "|\n", "{", "}", "[", "]", "'", '"', "\t", "memorySize: ", "component: express\n", "- "),
    )
)


def target(data: bytes) -> None:
    """Migrate the text, and what came of it."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    name = "serverless.yml"
    migrated = migrate_text(text, name, default_name="hello")
    findings = Findings(migrated.diagnostics.sorted(), {name: text})
    changed = MigratedFile(name, difference(text, migrated.text, name, name), written=False)
    require_calm(Migration(findings, not migrated.diagnostics.has_errors, (changed,), False))
    require_places(migrated.diagnostics, name, _as_read(text))
    require(not migrated.diagnostics.has_errors or migrated.text == text, "changed in spite of errors")
    if migrated.text == text:
        return
    found = Diagnostics()
    require(isinstance(parse(_as_read(migrated.text), name, found), MappingNode) and not found.has_errors, "unreadable")
    again = migrate_text(migrated.text, name, default_name="hello")
    require(again.text == migrated.text, f"a second run changes more: {migrated.text!r}")
    for comment in _comments(text):
        require(any(comment in line for line in _as_read(migrated.text).split("\n")), f"lost: {comment!r}")


def _as_read(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _comments(text: str) -> set[str]:
    """What stands alone on its line behind a hash and a blank, which in nearly all texts is a comment."""
    return {line.strip() for line in _as_read(text).split("\n") if line.strip().startswith("# ")}
