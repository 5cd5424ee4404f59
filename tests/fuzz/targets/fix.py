"""`validate --fix` on any file: no error more than before, nothing left to do afterwards, nothing else changed."""

from __future__ import annotations

from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import Severity
from scfdeploy.operations.check import load_and_check
from scfdeploy.operations.request import Request
from scfdeploy.operations.validate import validate
from tests.fuzz.promises import require, require_calm, scratch

WORDS = tuple(
    word.encode()
    for word in (
        *("memorysize: 128\n", "  runtime: python3.10\n", "  runtime: 3.10\n", "  src: ./src\n", "inputs:\n", "\r\n"),
        *(
            "component: scf\n",
            "handler: index.main\n",
            "events:\n",
            "timer:\n",
            "\ufeff",
            "\t",
            "timeout: '3'\n",
            ": on\n",
        ),
        *(
            "cronExpression: */5 * * * * * *\n",
            "{{a}}",
            "@",
            "`",
            "%",
            "yes",
            "0o17",
            "- - ",
            "# c",
            "&a ",
            "*a",
            "<<: ",
        ),
    )
)


def target(data: bytes) -> None:
    """Fix it, and fix it again."""
    folder = scratch("fix")
    file = folder / "serverless.yml"
    file.write_bytes(data)
    request = Request(str(folder), LoadOptions(cwd=str(folder)))
    before = _errors(request)
    fixed = validate(request, apply_fixes=True)
    require_calm(fixed)
    content = file.read_bytes()
    require(bool(fixed.fixed) == (content != data), f"{dict(fixed.fixed)} are said to be mended")
    after = _errors(request)
    require(after <= before, f"{before} errors became {after}: {content!r}")
    again = validate(request, apply_fixes=True)
    require(not again.fixed and file.read_bytes() == content, f"a second time it mends more: {content!r}")
    require(content.count(b"#") >= data.count(b"#"), f"a comment was lost: {content!r}")


def _errors(request: Request) -> int:
    return sum(one.severity is Severity.ERROR for one in load_and_check(request).findings.diagnostics)
