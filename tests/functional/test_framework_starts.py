"""Generated start programs of web frameworks, run with small stand-ins for the frameworks."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer

NODE = """\
const said = JSON.stringify({ args: process.argv.slice(2), mode: process.env.NODE_ENV });
require("http").createServer((_, answer) => answer.end(said)).listen(9000, "0.0.0.0");
"""
EGG = """\
const said = JSON.stringify({ args: [], mode: process.env.EGG_SERVER_ENV });
exports.start = async () => require("http").createServer((_, answer) => answer.end(said));
"""
PYTHON = """\
import http.server, json, os, sys

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"args": sys.argv[1:], "mode": os.environ.get("FLASK_APP")}).encode())

http.server.HTTPServer(("0.0.0.0", 9000), Answer).serve_forever()
"""


@pytest.mark.parametrize(
    ("framework", "runtime", "file", "code", "expected"),
    [
        ("express", "Nodejs18.15", "app.js", NODE, {"args": [], "mode": "production"}),
        ("egg", "Nodejs18.15", "node_modules/egg/index.js", EGG, {"args": [], "mode": "prod"}),
        ("nextjs", "Nodejs18.15", "node_modules/next/dist/bin/next", NODE,
         {"args": ["start", "--port", "9000", "--hostname", "0.0.0.0"], "mode": "production"}),
        ("nuxtjs", "Nodejs18.15", "node_modules/nuxt/bin/nuxt.js", NODE,
         {"args": ["start", "--port", "9000", "--hostname", "0.0.0.0"], "mode": "production"}),
        ("flask", "Python3.10", "flask/__main__.py", PYTHON,
         {"args": ["run", "--host", "0.0.0.0", "--port", "9000"], "mode": "app.py"}),
        ("django", "Python3.10", "manage.py", PYTHON,
         {"args": ["runserver", "--noreload", "0.0.0.0:9000"], "mode": None}),
    ],
)  # fmt: skip
def test_framework_answers_at_its_url(
    tmp_path: Path,
    cloud: LocalServer,
    framework: str,
    runtime: str,
    file: str,
    code: str,
    expected: dict[str, object],
) -> None:
    if runtime.startswith("Node") and shutil.which("node") is None:
        pytest.skip("no node here")
    for name, text in (("app.py", ""), (file, code)):
        path = tmp_path / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "serverless.yml").write_text(
        f"component: {framework}\nname: site\ninputs:\n  src: ./web\n  runtime: {runtime}\n"
    )
    applied = scfdeploy("apply", tmp_path, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    with urllib.request.urlopen(f"{cloud.url}/_url/default/site-dev-site/", timeout=60) as answer:
        assert json.loads(answer.read()) == expected


@pytest.mark.parametrize(
    "command",
    ["python3 -u server.py", "|\n    #!/bin/bash\n    cd app && FLASK_APP=set exec python3 -u ../server.py"],
)
def test_start_command_starts_the_server(tmp_path: Path, cloud: LocalServer, command: str) -> None:
    for name, text in (("web/server.py", PYTHON), ("web/app/index.html", "")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: site\ninputs:\n  name: site\n  type: web\n  src: ./web\n  runtime: Python3.10\n"
        f"  events: [{{http: {{parameters: {{authType: NONE}}}}}}]\n  startCmd: {command}\n"
    )
    applied = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    with urllib.request.urlopen(f"{cloud.url}/_url/default/site/", timeout=60) as answer:
        assert json.loads(answer.read()) == {"args": [], "mode": "set" if "set" in command else None}
