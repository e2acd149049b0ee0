"""Google's own contract: the discovery document that ships with its client library, with unknown fields refused.

The client library validates nothing. Here every request is held against the method it is for (path, query parameters,
body) and every answer against the schema that Google says it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import googleapiclient
import jsonschema

DOCUMENT = json.loads(
    (Path(googleapiclient.__file__).parent / "discovery_cache/documents/calendar.v3.json").read_text()
)
_FORMATS = jsonschema.FormatChecker(formats=())


class AgainstTheContract(AssertionError):
    """A request or an answer is not what Google's contract says."""


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text) is not None


@_FORMATS.checks("date", raises=ValueError)
def _is_day(text: object) -> bool:
    return not isinstance(text, str) or date.fromisoformat(text) is not None


@_FORMATS.checks("int64")
def _is_whole(text: object) -> bool:
    return not isinstance(text, str) or text.lstrip("-").isdecimal()


@dataclass(frozen=True)
class Method:
    """One method of the API. template: its path, with the names of what varies."""

    id: str
    verb: str
    template: str
    parameters: Mapping[str, Mapping[str, Any]]
    request: str
    response: str
    scopes: frozenset[str]

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.template)) + r"\Z")


def _methods(resources: Mapping[str, Any]) -> list[Method]:
    return [
        Method(
            each["id"].removeprefix("calendar."),
            each["httpMethod"],
            each["path"],
            each.get("parameters", {}),
            each.get("request", {}).get("$ref", ""),
            each.get("response", {}).get("$ref", ""),
            frozenset(scope.rpartition("/auth/")[2] for scope in each["scopes"]),
        )
        for resource in resources.values()
        for each in resource.get("methods", {}).values()
    ]


METHODS = _methods(DOCUMENT["resources"])


def method_of(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Which method a request is for, and what varies in its path."""
    for method in METHODS:
        if method.verb == verb and (match := method.pattern.fullmatch(path)):
            return method, {name: unquote(value) for name, value in match.groupdict().items()}
    return None


def checked_query(method: Method, query: str) -> dict[str, str]:
    """The query's parameters, each of them one that the method has, and of its kind."""
    asked = parse_qs(query, keep_blank_values=True, strict_parsing=bool(query))
    known = {**DOCUMENT["parameters"], **method.parameters}
    for name, values in asked.items():
        if name not in known or known[name]["location"] != "query":
            raise AgainstTheContract(f"{method.id} has no parameter {name!r}")
        if len(values) > 1 and not known[name].get("repeated"):
            raise AgainstTheContract(f"{method.id} takes one {name!r}")
        for value in values:
            _check_parameter(method, name, value, known[name])
    return {name: values[-1] for name, values in asked.items()}


def _check_parameter(method: Method, name: str, value: str, kind: Mapping[str, Any]) -> None:
    kinds = {
        "boolean": value in {"true", "false"},
        "integer": value.isdecimal(),
        "string": "enum" not in kind or value in kind["enum"],
    }
    good = kinds[kind["type"]]
    if good and kind.get("format") == "date-time":
        good = datetime.fromisoformat(value).tzinfo is not None
    if not good:
        raise AgainstTheContract(f"{method.id}: {name}={value!r} is no {kind['type']}")


def check_body(method: Method, body: Any, answered: bool = False) -> None:
    """Raises unless the body is of the method's request schema, or of its answer's."""
    name = method.response if answered else method.request
    if not name:
        if body not in (None, b"", ""):
            raise AgainstTheContract(f"{method.id} has no body here")
        return
    problems = sorted(_validator(name).iter_errors(body), key=str)
    if problems:
        raise AgainstTheContract(f"{method.id}: {problems[0].json_path}: {problems[0].message}")
    if not answered:
        _check_required(method, name, body)


def _check_required(method: Method, name: str, body: Mapping[str, Any]) -> None:
    for field, kind in DOCUMENT["schemas"][name]["properties"].items():
        if f"calendar.{method.id}" in kind.get("annotations", {}).get("required", ()) and field not in body:
            raise AgainstTheContract(f"{method.id} needs {field}")


@cache
def _validator(name: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(
        {"$ref": f"#/definitions/{name}", "definitions": {each: _strict(it) for each, it in _SCHEMAS.items()}},
        format_checker=_FORMATS,
    )


_SCHEMAS: Mapping[str, Mapping[str, Any]] = DOCUMENT["schemas"]


def _strict(said: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of the discovery document as JSON Schema, in which what is not named is refused."""
    if "$ref" in said:
        return {"$ref": f"#/definitions/{said['$ref']}"}
    schema: dict[str, Any] = {key: said[key] for key in ("type", "format", "enum") if key in said}
    if schema.get("type") == "any":
        del schema["type"]
    if said.get("type") == "object":
        schema["properties"] = {name: _strict(kind) for name, kind in said.get("properties", {}).items()}
        others = said.get("additionalProperties")
        schema["additionalProperties"] = _strict(others) if others else False
    if "items" in said:
        schema["items"] = _strict(said["items"])
    return schema


class FieldMask:
    """A partial response's `fields` (https://developers.google.com/workspace/calendar/api/guides/performance).

    Raises AgainstTheContract for a field that the answer cannot have.
    """

    def __init__(self, text: str, schema: str) -> None:
        self.text = text
        self._tree = self._parsed(text)
        _check_mask(self._tree, {"$ref": schema})

    def _parsed(self, text: str) -> dict[str, Any]:
        tokens = iter(re.findall(r"[\w*]+|[(),/]", text))
        return self._list(tokens)[0]

    def _list(self, tokens: Any) -> tuple[dict[str, Any], str]:
        found: dict[str, Any] = {}
        for token in tokens:
            path, end = [token], ""
            for end in tokens:
                if end != "/":
                    break
                path.append(next(tokens))
                end = ""
            below: dict[str, Any] = {}
            if end == "(":
                below, _ = self._list(tokens)
                end = next(tokens, "")
            place = found
            for name in path[:-1]:
                place = place.setdefault(name, {})
            place[path[-1]] = below
            if end != ",":
                return found, end
        return found, ""

    def applied(self, body: Any) -> Any:
        return _masked(body, self._tree)

    def names(self) -> set[str]:
        """Every field that is asked for, wherever it lies."""
        return set(re.findall(r"[\w*]+", self.text))


def _masked(body: Any, tree: Mapping[str, Any]) -> Any:
    if isinstance(body, list):
        return [_masked(each, tree) for each in body]
    if not tree or not isinstance(body, dict):
        return body
    if "*" in tree:
        return {name: _masked(value, tree["*"]) for name, value in body.items()}
    return {name: _masked(value, tree[name]) for name, value in body.items() if name in tree}


def _check_mask(tree: Mapping[str, Any], kind: Mapping[str, Any]) -> None:
    while "$ref" in kind or "items" in kind:
        kind = _SCHEMAS[kind["$ref"]] if "$ref" in kind else kind["items"]
    for name, below in tree.items():
        if name == "*":
            _check_mask(below, kind.get("additionalProperties", {}))
        elif name not in kind.get("properties", {}):
            raise AgainstTheContract(f"there is no field {name!r} to ask for")
        else:
            _check_mask(below, kind["properties"][name])
