"""Pages about files: those that cannot be read, and several that make one project."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

FILES = (
    described(
        "file-missing",
        Severity.ERROR,
        "A file or folder that does not exist, or holds no serverless.yml.",
        what="The path given on the command line leads nowhere, or to a folder without a serverless.yml in it or one "
        "of its direct sub-folders.",
        why="There is nothing to read, so there is nothing to deploy.",
        wrong="`scfdeploy validate shpo`, where the folder is called `shop`.",
        right="`scfdeploy validate shop`.",
    ),
    described(
        "file-unreadable",
        Severity.ERROR,
        "A file or folder that cannot be read.",
        what="The file exists, but it is a folder, no ordinary file, or its permissions forbid reading it.",
        why="What cannot be read would be missing from the cloud.",
        wrong="A serverless.yml, or a file of the code, that only another user may read.",
        right="Files that the user of scfdeploy may read; code that is not needed is left out with `src.exclude`.",
    ),
    described(
        "file-too-large",
        Severity.ERROR,
        "A serverless.yml that is too large.",
        what="The file has more than a million bytes.",
        why="Hundreds of functions need less; a longer file is probably another file under that name.",
        wrong="A log, or an archive, that is called serverless.yml.",
        right="A file with the settings of a project.",
    ),
    described(
        "file-encoding",
        Severity.ERROR,
        "A file that is not UTF-8.",
        what="A byte of the file is no UTF-8: the editor saved it as UTF-16, GBK or the like.",
        why="YAML is UTF-8 here. Reading other bytes on a guess would turn names and descriptions into others.",
        wrong="A file saved by Windows PowerShell's `>`, which writes UTF-16.",
        right="The same file saved as UTF-8, with or without a byte-order mark.",
    ),
    described(
        "file-empty",
        Severity.ERROR,
        "A serverless.yml that says nothing.",
        what="The file is empty, or holds only comments.",
        why="It names no component, so there is nothing to deploy.",
        wrong=yaml("# nothing here yet"),
        right=yaml("component: scf\nname: hello\ninputs:\n  src: ./src\n  runtime: Python3.10"),
    ),
    described(
        "several-files",
        Severity.WARNING,
        "Two files for one instance in one folder.",
        what="The folder has both serverless.yml and serverless.yaml; only the first is read.",
        why="Changes in the other file would do nothing.",
        wrong="`serverless.yml` and `serverless.yaml` in one folder.",
        right="One of them.",
    ),
    described(
        "parent-file-ignored",
        Severity.WARNING,
        "A file in the folder above that says something else.",
        what="The folder above has a serverless.yml with another `app` or `stage`, which the vendor's own tool would "
        "take in place of this file's.",
        why="The two tools would deploy to different places.",
        wrong=yaml("# ../serverless.yml\napp: shop\n---\n# serverless.yml\napp: store"),
        right=yaml("# the same app and stage in both files\napp: shop"),
    ),
    described(
        "instance-duplicate",
        Severity.ERROR,
        "Two instances with one name.",
        what="Two files that are deployed together have the same `name`.",
        why="The name tells one instance's functions from another's.",
        wrong=yaml("# api/serverless.yml\nname: shop\n---\n# web/serverless.yml\nname: shop"),
        right=yaml("# api/serverless.yml\nname: shop-api\n---\n# web/serverless.yml\nname: shop-web"),
    ),
    described(
        "instances-disagree",
        Severity.ERROR,
        "Instances of different apps or stages.",
        what="Files that are deployed together say different things for `app` or `stage`.",
        why="Together they are one project, and its app and stage are the mark by which its functions are known.",
        wrong=yaml("# api/serverless.yml\napp: shop\n---\n# web/serverless.yml\napp: store"),
        right=yaml("# in each file\napp: shop"),
    ),
    described(
        "several-regions",
        Severity.ERROR,
        "Instances in several regions.",
        what="Functions that are deployed together go to different regions.",
        why="One run deploys to one region.",
        wrong=yaml(
            "# api/serverless.yml\ninputs:\n  region: ap-shanghai\n---\n# web/serverless.yml\ninputs:\n"
            "  region: ap-beijing"
        ),
        right="One region in all files, a run for each folder by itself, or `--region`.",
    ),
    described(
        "option-empty",
        Severity.ERROR,
        "An option with an empty value.",
        what="`--stage` or `--region` is given, and empty.",
        why="A variable of the shell is probably not set; going on would deploy to another place than was meant.",
        wrong='`scfdeploy apply --stage "$STAGE"`, where STAGE is not set.',
        right="`scfdeploy apply --stage prod`.",
    ),
    described(
        "env-file-missing",
        Severity.ERROR,
        "The file given with --env-file does not exist.",
        what="There is no file at the path after `--env-file`, which counts from the current folder.",
        why="Its variables would be missing.",
        wrong="`scfdeploy plan --env-file .env.prdo`.",
        right="`scfdeploy plan --env-file .env.prod`.",
    ),
    described(
        "env-file-line",
        Severity.WARNING,
        "A line of a .env file that is not read.",
        what="The line is not of the form KEY=VALUE.",
        why="The variable that it was meant to set stays unset.",
        wrong="`API_URL: https://example.com`",
        right="`API_URL=https://example.com`",
    ),
    described(
        "target-dir-invalid",
        Severity.ERROR,
        "A targetDir that is no folder of the layer.",
        what="`targetDir` leads out of the layer, or stands beside an archive, which is published as it is.",
        why="The content would lie where no function looks for it.",
        wrong=yaml("src:\n  src: ./node_modules\n  targetDir: ../node_modules"),
        right=yaml("src:\n  src: ./node_modules\n  targetDir: /node_modules"),
    ),
)
