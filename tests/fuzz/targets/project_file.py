"""Any bytes as a serverless.yml: findings in words, at places of the file, in every format."""

from __future__ import annotations

from scfdeploy.config import LoadOptions
from scfdeploy.operations.request import Request
from scfdeploy.operations.validate import validate
from tests.fuzz.promises import require_calm, require_places, scratch

WORDS = tuple(
    word.encode()
    for word in (
        *("component: ", "scf", "multi-scf", "layer", "express", "inputs:\n", "  src: ./src\n", "  events:\n"),
        *("    - timer:\n", "    - apigw:\n", "    - cos:\n", "        parameters:\n", "          cronExpression: "),
        *("  environment:\n    variables:\n", "  layers:\n", "  tags:\n", "  vpcConfig:\n", "${env:A}", "${output:"),
        *("${file(./a.yml):b}", "&a ", "*a", "<<: ", "!!", "? ", ": ", "- ", "---\n", "...\n", "%YAML", "|\n", ">-\n"),
        *("\t", "\ufeff", "\u2028", "\u0085", "'", '"', "\\x1b", "# scfdeploy: ignore ", "functions:\n", "x: [", "{"),
    )
)


def target(data: bytes) -> None:
    """Validate a project with that file."""
    folder = scratch("project_file")
    (folder / "serverless.yml").write_bytes(data)
    options = LoadOptions(cwd=str(folder), environ={"A": "a"})
    result = validate(Request(str(folder), options))
    require_calm(result)
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    require_places(result.findings.diagnostics, "serverless.yml", text)
