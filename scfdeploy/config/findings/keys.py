"""Pages about keys and their values: unknown, missing, twice, empty, or of the wrong type."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

KEYS = (
    described(
        "setting-twice",
        Severity.ERROR,
        "The same thing written twice under two names.",
        what="Two keys of this block are two spellings of one setting.",
        why="Only one of them can hold.",
        wrong=yaml("memorySize: 128\nmemory: 256"),
        right=yaml("memorySize: 256"),
    ),
    described(
        "component-unknown",
        Severity.ERROR,
        "An unknown kind of component.",
        what="`component` names no kind that exists.",
        why="Nothing says how the rest of the file is to be read.",
        wrong=yaml("component: sfc"),
        right=yaml("component: scf"),
    ),
    described(
        "component-not-supported",
        Severity.ERROR,
        "A kind of component, or a form of file, that this version does not deploy.",
        what="The file is for another kind of component, in an older form, or for another tool. Older forms with "
        "functions are brought into today's by `scfdeploy migrate`.",
        why="It would be deployed wrongly, or not at all.",
        wrong=yaml("provider:\n  name: tencent\nfunctions:\n  hello:\n    handler: index.main"),
        right=yaml("component: scf\nname: hello\ninputs:\n  src: ./\n  handler: index.main"),
    ),
    described(
        "component-skipped",
        Severity.WARNING,
        "An instance is skipped.",
        what="The file is of a kind that is known and not deployed here, and `--skip-unsupported` is given.",
        why="The rest of the project can be deployed; what this instance would give has to be passed in.",
        wrong=yaml("component: vpc"),
        right="The network made by other means, and `--var 'output:dev:shop:network.vpcId=vpc-1'`.",
    ),
    described(
        "runtime-missing",
        Severity.WARNING,
        "No runtime is written.",
        what="The function does not say its `runtime`.",
        why="The vendor's default is Node.js of a version that is long out of date.",
        wrong=yaml("handler: index.main_handler"),
        right=yaml("handler: index.main_handler\nruntime: Nodejs18.15"),
    ),
    described(
        "entry-file-missing",
        Severity.ERROR,
        "The file that starts a web function does not exist.",
        what="The code has no scf_bootstrap, and the file that a generated one would start is not there.",
        why="The container would end as soon as it starts.",
        wrong=yaml("type: web\nentryFile: sever.js"),
        right=yaml("type: web\nentryFile: server.js"),
    ),
    described(
        "src-missing",
        Severity.ERROR,
        "The code does not exist.",
        what="`src` names a folder or an archive that is not there. The path counts from the folder of the file.",
        why="There is nothing to pack.",
        wrong=yaml("src: ./scr"),
        right=yaml("src: ./src"),
    ),
    described(
        "src-kind",
        Severity.ERROR,
        "Code that is neither a folder nor an archive.",
        what="`src` names a single file that is no .zip, .jar or .war.",
        why="A function is made of a folder or of an archive.",
        wrong=yaml("src: ./src/index.py"),
        right=yaml("src: ./src"),
    ),
    described(
        "src-two-sources",
        Severity.ERROR,
        "Two sources of the code.",
        what="`src` names both a folder to pack and an object that lies in COS.",
        why="Only one of them can be deployed.",
        wrong=yaml("src:\n  src: ./src\n  bucket: code\n  object: hello.zip"),
        right=yaml("src:\n  bucket: code\n  object: hello.zip"),
    ),
)
