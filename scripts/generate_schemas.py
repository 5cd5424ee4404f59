"""Write schemas/: the JSON Schema of serverless.yml, and that of every JSON document of the commands.

Run it from the root of the repository after a field or a document changed: python scripts/generate_schemas.py
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scfdeploy.scaffold.editor_schema import schema_text  # noqa: E402 - the package lies beside this script
from scripts.generated_files import replace_files  # noqa: E402
from scripts.reference.document_schemas import all_documents, schema_of  # noqa: E402

FOLDER = ROOT / "schemas"


def schema_files() -> Mapping[str, str]:
    """The text of each file by its name."""
    texts = {f"{document.name}.schema.json": _text(schema_of(document)) for document in all_documents()}
    return {"serverless.schema.json": schema_text(), **texts}


def _text(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write every schema, and remove those of documents that are gone."""
    files = schema_files()
    replace_files(FOLDER, ".json", files)
    print(f"{len(files)} schemas in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
