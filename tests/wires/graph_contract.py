"""Microsoft's own contract: the calendar part of Graph's metadata as OpenAPI, with unknown fields refused.

It lies beside the project, not in it: where it is not there, nothing is held against it (CONTRACT is None).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_NAME = Path("shared/contracts/graph_calendar.openapi.json")
_SPACE = "microsoft.graph."
_ANNOTATIONS = ("@odata.", "@microsoft.")
_KEPT = ("type", "enum", "format", "maxLength", "pattern", "required", "minimum", "maximum")


def _found() -> Path | None:
    return next((there for folder in Path(__file__).resolve().parents if (there := folder / _NAME).is_file()), None)


CONTRACT = _found()


class AgainstTheContract(AssertionError):
    """A request or an answer is not what Graph's metadata says."""


def check(schema: str, body: Any) -> None:
    """Raises unless the body is of that schema of the metadata ("event", "event-create", "error"…)."""
    if CONTRACT is None:
        return
    problems = sorted(_validator(schema).iter_errors(body), key=str)
    if problems:
        raise AgainstTheContract(f"{schema}: {problems[0].json_path}: {problems[0].message}")


def check_path(method: str, path: str) -> None:
    """Raises unless the metadata has that method on a path like this one."""
    if CONTRACT is None or path.startswith("/me/mailboxSettings"):  # the metadata here has its schema, not its path
        return
    wanted = path.strip("/").split("/")
    for template, methods in _document()["paths"].items():
        parts = template.strip("/").split("/")
        same = len(parts) == len(wanted) and all(a == b or a[0] == "{" for a, b in zip(parts, wanted, strict=True))
        if same and method.lower() in methods:
            return
    raise AgainstTheContract(f"there is no {method} {path}")


def check_select(schema: str, names: str) -> None:
    """Raises unless everything in a $select is a property of that schema."""
    if CONTRACT is None or not names:
        return
    unknown = set(names.split(",")) - set(_document()["components"]["schemas"][_SPACE + schema]["properties"])
    if unknown:
        raise AgainstTheContract(f"{schema} has no {sorted(unknown)}")


@cache
def _document() -> Mapping[str, Any]:
    assert CONTRACT is not None
    document: Mapping[str, Any] = json.loads(CONTRACT.read_text())
    return document


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    schemas = _document()["components"]["schemas"]
    full = name if name in schemas else _SPACE + name
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/$defs/{full}", "$defs": {each: _strict(said) for each, said in schemas.items()}}
    )


def _strict(said: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0 as JSON Schema: null where it is nullable, and no field that is not named, OData's own aside."""
    if "$ref" in said:
        return {"$ref": said["$ref"].replace("#/components/schemas/", "#/$defs/")}
    if said.get("nullable"):
        return {"anyOf": [{"type": "null"}, _strict({key: it for key, it in said.items() if key != "nullable"})]}
    schema: dict[str, Any] = {key: said[key] for key in _KEPT if key in said}
    for several in ("anyOf", "oneOf", "allOf"):
        if several in said:
            schema[several] = [_strict(each) for each in said[several]]
    if "properties" in said:
        schema["properties"] = {key: _strict(it) for key, it in said["properties"].items()}
        schema["patternProperties"] = {f"^(.*)({'|'.join(map(_escaped, _ANNOTATIONS))}).*": {}}
        schema["additionalProperties"] = False
    if "items" in said:
        schema["items"] = _strict(said["items"])
    return schema


def _escaped(text: str) -> str:
    return text.replace(".", r"\.")
