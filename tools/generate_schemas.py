"""Write `schemas/` and `pytest_ecsfake/api.py` from botocore's ECS model and the overlay.

    python tools/generate_schemas.py            write
    python tools/generate_schemas.py --check    compare only; exit status 1 names the files that differ

The botocore whose model is checked in must be installed (`schema_generator/model.py` names it). The format of the overlay stands in
`schema_generator/overlay.py`, what the files hold in `schemas/README.md`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schema_generator import json_schema, model, overlay, python_types

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = Path("schemas")
OPERATIONS = SCHEMAS / "operations"
API = Path("pytest_ecsfake/api.py")
LINE_LENGTH = 140


def generated(ecs: model.Model, rows: list[overlay.Row]) -> dict[Path, str]:
    """The text of every generated file, by its path in the repository.

    Raises:
        GeneratorError: a row of the overlay that no request can meet.
    """
    ecs = overlay.with_words(rows, ecs)
    rows = [row for row in rows if not row.takes_words_away]
    files = {API: python_types.api_module(ecs, model.BOTOCORE), SCHEMAS / "index.json": _text(_index(ecs))}
    unplaced = {row.where for row in rows}
    for name, operation in ecs.operations.items():
        request = json_schema.schema_of(
            ecs, operation["input"]["shape"], "request", f"urn:pytest-ecsfake:{name}:request"
        )
        unplaced -= overlay.merge(rows, name, request)
        response = json_schema.schema_of(
            ecs, operation["output"]["shape"], "response", f"urn:pytest-ecsfake:{name}:response"
        )
        document = {"operation": name, "request": request, "response": response}
        files[OPERATIONS / f"{name}.json"] = _text(document)
    if unplaced:
        raise model.GeneratorError(f"{min(unplaced)}: no request holds the shape that the row is about.")
    return files


def _index(ecs: model.Model) -> dict[str, Any]:
    """What is to know of the operations without opening their files."""
    operations = {}
    for name, operation in sorted(ecs.operations.items()):
        members = ecs.shapes[operation["input"]["shape"]]["members"]
        tokens = [member for member, of in members.items() if of.get("idempotencyToken")]
        operations[name] = {
            "errors": sorted(error["shape"] for error in operation["errors"]),
            **({"idempotencyToken": tokens[0]} if tokens else {}),
            **{trait: True for trait in ("readonly", "idempotent") if operation.get(trait)},
        }
    return {
        "botocore": model.BOTOCORE,
        "apiVersion": ecs.metadata["apiVersion"],
        "targetPrefix": ecs.metadata["targetPrefix"],
        "operations": operations,
        "errors": {name: list(ecs.shapes[name]["members"]) for name in ecs.error_names},
    }


def _text(document: object) -> str:
    return "\n".join(_lines(document, "")) + "\n"


def _lines(value: Any, before: str, indent: int = 0, after: str = "") -> Iterator[str]:
    """JSON for reviewers: what fits stands on one line, so that one member is one line of a diff."""
    on_one_line = " " * indent + before + json.dumps(value, ensure_ascii=False) + after
    if len(on_one_line) <= LINE_LENGTH or not isinstance(value, (dict, list)):
        yield on_one_line
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    entries = value.items() if isinstance(value, dict) else [("", entry) for entry in value]
    yield " " * indent + before + opening
    for number, (key, entry) in enumerate(entries, 1):
        name = f"{json.dumps(key)}: " if isinstance(value, dict) else ""
        yield from _lines(entry, name, indent + 1, "," if number < len(value) else "")
    yield " " * indent + closing + after


def differing(files: dict[Path, str]) -> list[Path]:
    """The files that are not as generated, and those in the operations' folder that no operation has."""
    stale = [path for path, text in files.items() if not _holds(ROOT / path, text)]
    left_over = [
        path.relative_to(ROOT) for path in (ROOT / OPERATIONS).glob("*") if path.relative_to(ROOT) not in files
    ]
    return sorted(stale + left_over)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def write(files: dict[Path, str]) -> list[Path]:
    """Bring the checkout to what is generated; returns the files that changed."""
    changed = differing(files)
    for path in changed:
        if path in files:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_bytes(files[path].encode())
        else:
            (ROOT / path).unlink()
    return changed


def main(arguments: list[str]) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check: bool = parser.parse_args(arguments).check
    try:
        ecs = model.load()
        files = generated(ecs, overlay.read(ROOT / SCHEMAS / "overlay", ecs))
    except model.GeneratorError as refusal:
        print(f"generate_schemas: {refusal}", file=sys.stderr)
        return 2
    changed = differing(files) if check else write(files)
    for path in changed:
        print(f"{'differs' if check else 'written'}: {path}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
