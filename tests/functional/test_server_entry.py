"""`validate` rejects a Node.js server file that exports its app without listening."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy

_COMPONENTS = {
    "express": "component: express\nname: site\ninputs:\n  src: ./src\n  runtime: Nodejs16.13\n",
    "koa": "component: koa\nname: site\ninputs:\n  src: ./src\n  runtime: Nodejs16.13\n",
    "http": "component: http\nname: site\ninputs:\n  src: ./src\n  faas: {framework: express, runtime: Nodejs16.13}\n",
    "web": "component: scf\nname: site\ninputs:\n  type: web\n  src: ./src\n  runtime: Nodejs16.13\n",
}
_EXPORTS = "const app = require('express')();\n{}\nmodule.exports = app;\n"


def _found(tmp_path: Path, component: str, files: dict[str, str]) -> list[dict[str, str]]:
    for name, text in files.items():
        (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / name).write_text(text)
    (tmp_path / "serverless.yml").write_text(_COMPONENTS[component])
    found = scfdeploy("validate", tmp_path, "--format", "json").document["diagnostics"]
    return [one for one in found if one["rule"] == "server-not-started"]


@pytest.mark.parametrize("component", _COMPONENTS)
@pytest.mark.parametrize(
    "files",
    [
        {"app.js": _EXPORTS.format("app.get('/', (req, res) => res.send('x'));")},
        {"app.js": _EXPORTS.format("// app.listen(9000)")},
        {"app.js": _EXPORTS.format("/* app.listen(9000) */")},
        {"app.js": _EXPORTS.format("app.use('/a', require('./routes/a'));"), "routes/a.js": "module.exports = r;\n"},
        {"app.js": "import express from 'express';\nconst app = express();\nexport default app;\n"},
        {"app.js": "import express from 'express';\nconst app = express();\nexport { app };\n"},
        {"app.js": "import express from 'express';\nconst app = express();\nexport { app as default };\n"},
        {"app.js": "const app = require('express')();\nexports.app = app;\n"},
        {"app.js": "const app = require('express')();\nmodule.exports.handler = app;\n"},
        {"app.js": "const app = require('express')();\nmodule.exports = { app };\n"},
    ],
    ids=[
        "plain",
        "in_a_line_comment",
        "in_a_comment",
        "with_routes",
        "module",
        "named_module_export",
        "renamed_module_export",
        "named_export",
        "export_as_handler",
        "export_in_an_object",
    ],
)
def test_server_that_only_exports_its_app_is_an_error(tmp_path: Path, component: str, files: dict[str, str]) -> None:
    (found,) = _found(tmp_path, component, files)
    assert "app.listen(9000" in found["hint"]


def test_server_entry_that_a_file_beside_it_starts_is_named(tmp_path: Path) -> None:
    files = {"app.js": _EXPORTS.format(""), "bin/www": "require('../app').listen(process.env.PORT);\n"}
    (found,) = _found(tmp_path, "express", files)
    assert found["hint"] == "Write `entryFile: bin/www`, which starts it."


def test_sls_js_that_only_exports_its_app_is_an_error(tmp_path: Path) -> None:
    assert _found(tmp_path, "express", {"sls.js": _EXPORTS.format("")})


@pytest.mark.parametrize(
    "files",
    [
        {"app.js": _EXPORTS.format("app.listen(9000);")},
        {"app.js": _EXPORTS.format("require('http').createServer(app).listen(9000);")},
        {"app.js": _EXPORTS.format("require('./server');"), "server.js": "require('./app').listen(9000);\n"},
        {"app.js": _EXPORTS.format("require('some-server')(app);")},
        {"app.js": _EXPORTS.format("require(process.env.SERVER);")},
        {"app.js": _EXPORTS.format("require('./gone');")},
        {"app.js": "require('./dist/main');\n"},
        {"app.js": ""},
    ],
)
@pytest.mark.parametrize("component", ["express", "web"])
def test_server_that_may_listen_is_accepted(tmp_path: Path, component: str, files: dict[str, str]) -> None:
    assert _found(tmp_path, component, files) == []
