"""Pages about what only the components of web frameworks have."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

FRAMEWORKS = (
    described(
        "framework-unknown",
        Severity.ERROR,
        "A framework that cannot be started.",
        what="`faas.framework` is none of the frameworks that a start program is known for.",
        why="A web function is started by a program, and for this framework none can be made.",
        wrong=yaml("component: http\ninputs:\n  faas:\n    framework: exprss"),
        right=yaml("component: http\ninputs:\n  faas:\n    framework: express"),
    ),
    described(
        "framework-type",
        Severity.ERROR,
        "A framework that is no web function.",
        what="`type` of a framework is written, and is not `web`.",
        why="A framework is an HTTP server; only a web function is one.",
        wrong=yaml("component: express\ninputs:\n  type: event"),
        right=yaml("component: express\ninputs:\n  src: ./"),
    ),
    described(
        "framework-runtime",
        Severity.ERROR,
        "A framework on the runtime of another language.",
        what="The runtime is for another language than the framework is written in.",
        why="The server would not start.",
        wrong=yaml("component: flask\ninputs:\n  runtime: Nodejs18.15"),
        right=yaml("component: flask\ninputs:\n  runtime: Python3.10"),
    ),
    described(
        "framework-not-built",
        Severity.WARNING,
        "A framework that is not built.",
        what="The folder that the framework's build makes is not in the code, and no command makes it before packing.",
        why="The server starts what was built; without it every call fails.",
        wrong=yaml("component: nextjs\ninputs:\n  src: ./"),
        right=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm run build}"),
    ),
    described(
        "gateway-replaced",
        Severity.WARNING,
        "An API Gateway in whose place the function gets a URL.",
        what="The file of a framework sets up an API Gateway, or `scfdeploy migrate` met a trigger `apigw`. "
        "It can no longer be made. The function gets a URL of its own in its place, with cross-origin calls allowed "
        "where `enableCORS` was true; `migrate` makes it one for signed calls only (CAM) where the gateway asked for "
        "keys.",
        why="What the warning names is not carried over: a URL knows no service, no stages, no domains of your own and "
        "no time-out apart from the function's.",
        wrong=yaml("apigatewayConf:\n  enableCORS: true\n  environment: release"),
        right=yaml(
            'events:\n  - http:\n      parameters:\n        corsConfig: {enable: true, origins: ["*"]}',
        ),
    ),
    described(
        "assets-not-uploaded",
        Severity.WARNING,
        "Static files that would go to a bucket.",
        what="`assets`, `static` or `staticConf` is written; it is not read.",
        why="Only functions are deployed here: nothing is uploaded to a bucket or told to the CDN. The framework "
        "serves its static files itself.",
        wrong=yaml("assets:\n  cos:\n    bucket: shop-static"),
        right="The files uploaded by other means, such as the COS command line, and no such block.",
    ),
    described(
        "server-not-started",
        Severity.ERROR,
        "A server file that only exports its app.",
        what="The Node.js file that a web function starts exports its app, and neither it nor what it loads listens.",
        why="The program ends at once, and every call fails. The vendor's older components called the exported app for "
        "each request; a web function has to listen on port 9000.",
        wrong="```js\nconst app = express();\nmodule.exports = app;\n```",
        right="```js\nconst app = express();\napp.listen(9000, '0.0.0.0');\nmodule.exports = app;\n```",
    ),
)
