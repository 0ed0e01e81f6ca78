"""Description: turns each view's `Operation` and its structs into OpenAPI 3.1: what is told is what is checked."""

import re
from http import HTTPStatus
from typing import Any, get_args

import msgspec
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from eipp.api.operation import JSON, Operation
from eipp.api.problems import MEDIA_TYPE, Problem

WRITING = ("POST", "PATCH")
_REFERENCE = "#/components/schemas/{name}"
_SECURITY = {
    "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key of your organisation."},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Signed in on our pages."},
}
_IDEMPOTENCY = (
    "A text of your own, such as a UUID. The same key with the same request gives the stored answer again; with "
    "another request 422; while the first is under way 409 with Retry-After. Kept for seven days."
)


class Description(AutoSchema):
    """Writes one operation. Views without an `operation` are not part of the API and are left out."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Any:
        self.registry, self.path, self.path_regex = registry, path, path_regex
        told: Operation | None = getattr(getattr(self.view, method.lower(), None), "operation", None)
        if told is None:
            return None
        variables = re.findall(r"{(\w+)}", path)
        public = getattr(self.view, "public", False)
        described: dict[str, Any] = {
            "operationId": _identifier(method, path),
            "summary": told.summary,
            "description": _text(told, method),
            "tags": [told.tag],
            "parameters": [
                *self._resolve_path_parameters(variables), *self._query(told), *_headers(told, method)
            ],
            "security": [] if public else [self._security(name) for name in _SECURITY],
            "responses": self._responses(told, method, has_path=bool(variables), public=public),
        }  # fmt: skip
        if method in WRITING and (told.body or told.media):
            described["requestBody"] = self._body(told)
        return {name: value for name, value in described.items() if value != [] or name == "security"}

    def reference(self, struct: Any) -> dict[str, Any]:
        """The struct's schema, its parts being registered as components."""
        (schema,), components = msgspec.json.schema_components([struct], ref_template=_REFERENCE)
        for name, component in components.items():
            self._register(name, ResolvedComponent.SCHEMA, component)
        return schema

    def _register(self, name: str, kind: Any, schema: Any) -> None:
        self.registry.register_on_missing(ResolvedComponent(name=name, type=kind, object=name, schema=schema))

    def _security(self, name: str) -> dict[str, list[str]]:
        self._register(name, ResolvedComponent.SECURITY_SCHEMA, _SECURITY[name])
        return {name: []}

    def _query(self, told: Operation) -> list[dict[str, Any]]:
        if told.query is None:
            return []
        _, components = msgspec.json.schema_components([told.query], ref_template=_REFERENCE)
        schema = components[told.query.__name__]
        return [
            _parameter(name, "query", part, required=name in schema.get("required", ()))
            for name, part in schema["properties"].items()
        ]

    def _body(self, told: Operation) -> dict[str, Any]:
        content = {kind: {"schema": schema} for kind, schema in told.media.items()}
        if told.body:
            content = {JSON: {"schema": self.reference(told.body)}, **content}
            if told.example is not None:
                content[JSON]["examples"] = {"example": {"value": told.example}}
        return {"required": told.body is None or bool(_required(told.body)), "content": content}

    def _responses(self, told: Operation, method: str, *, has_path: bool, public: bool) -> dict[str, Any]:
        answers = {
            str(status): {
                "description": HTTPStatus(status).phrase,
                "content": self._content(told, struct),
                **_response_headers(told, status, method),
            }
            for status, struct in told.answers.items()
        }
        refusals = {400, 406, 422, 429, 500}
        refusals |= set() if public else {401, 403}
        refusals |= {404} if has_path else set()
        refusals |= set(told.refuses)
        refusals |= {409, 413, 415} if method in WRITING else set()
        schema = self.reference(Problem)
        for status in sorted(refusals):
            answers[str(status)] = {
                "description": HTTPStatus(status).phrase,
                "content": {MEDIA_TYPE: {"schema": schema}},
                **({"headers": {"Retry-After": _seconds()}} if status in (409, 429) else {}),
            }
        return answers

    def _content(self, told: Operation, struct: Any) -> dict[str, Any]:
        content = {told.produces: {"schema": self._produced(told, struct)}}
        return content | {kind: {"schema": self._produced(told, bytes)} for kind in told.downloads}

    def _produced(self, told: Operation, struct: Any) -> dict[str, Any]:
        return {"type": "string", "format": "binary"} if struct is bytes else self.reference(struct)


def _text(told: Operation, method: str) -> str:
    parts = [" ".join(told.description.split())]
    if told.right:
        parts.append(f"Needs the right `{told.right}`.")
    return " ".join(part for part in parts if part)


def _headers(told: Operation, method: str) -> list[dict[str, Any]]:
    headers = [
        _parameter(name, "header", {"type": "string", "description": text}, required=False)
        for name, text in told.headers.items()
    ]
    if method == "POST" and told.right and not told.secret:
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"}
        headers.append(_parameter("Idempotency-Key", "header", {**schema, "description": _IDEMPOTENCY},
                                  required=told.money))  # fmt: skip
    return headers


def _parameter(name: str, where: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    schema = dict(schema)
    text = schema.pop("description", "")
    found = {"name": name, "in": where, "schema": schema, "description": text, "required": required}
    return {key: value for key, value in found.items() if value not in ("", False)}


def _response_headers(told: Operation, status: int, method: str) -> dict[str, Any]:
    if method != "POST" or status not in (201, 202):
        return {}
    return {"headers": {"Location": {"schema": {"type": "string"}, "description": "Where it stands."}}}


def _seconds() -> dict[str, Any]:
    return {"schema": {"type": "integer"}, "description": "Seconds until it is worth trying again, if it is."}


def _identifier(method: str, path: str) -> str:
    words = [word for word in re.split(r"[^a-z]+", path.removeprefix("/api/v1").lower()) if word]
    return "_".join([method.lower(), *words])


def _required(struct: Any) -> tuple[str, ...]:
    types = get_args(struct) or (struct,)
    return tuple(field.name for kind in types for field in msgspec.structs.fields(kind) if field.required)
