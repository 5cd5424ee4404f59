"""Three lines that hold variables: one for the file, one for --var, one for the environment."""

from __future__ import annotations

import json

from scfdeploy.config import LoadOptions
from scfdeploy.operations.request import Request
from scfdeploy.operations.validate import validate
from tests.fuzz.promises import require, require_calm, scratch

WORDS = tuple(
    word.encode()
    for word in (
        *(
            "${",
            "}",
            "${env:",
            "${env:A}",
            "${output:",
            "${output:dev:shop:hello.name}",
            "${file(",
            "${file(./a.yml):b}",
        ),
        *(
            "${stage}",
            "${app}",
            "${name}",
            "${region}",
            "${self:inputs.name}",
            "${a}",
            "${a, 'b'}",
            "\\${",
            "$",
            ", ",
            "'",
        ),
    )
)
_FILE = """\
component: scf
name: hello
app: shop
stage: "${{env:STAGE_NAME, 'dev'}}"
inputs:
  name: hello
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  description: {words}
  environment: {{variables: {{A: {words}, {words}: b}}}}
"""


def target(data: bytes) -> None:
    """Validate a project with them; what is put in for a variable is not looked at again for ever."""
    written, given, environment = ([*data.decode("utf-8", "surrogateescape").split("\n", 2), "", ""])[:3]
    folder = scratch("variables")
    (folder / "serverless.yml").write_text(_FILE.format(words=json.dumps(written)))
    environ = {"A": environment, "STAGE_NAME": environment[:20] or "dev"}
    options = LoadOptions(cwd=str(folder), environ=environ, variables={"a": given, "env:B": given, given: "x"})
    result = validate(Request(str(folder), options))
    require_calm(result)
    require(result.files == 1, "the file was not read")
