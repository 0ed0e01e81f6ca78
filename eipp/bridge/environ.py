"""A request as WSGI wants to see it, made from what the ASGI server says (PEP 3333)."""

import sys
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes

_CONSTANT = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
# Known from the body that was read, or of no meaning behind it.
_NOT_PASSED_ON = {"HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}


def environ(scope: dict[str, Any], body: BinaryIO, length: int) -> dict[str, Any]:
    """The WSGI environment of one request whose body lies ready, `length` bytes long."""
    server, client = scope.get("server") or ("localhost", None), scope.get("client") or ("", 0)
    made = {
        **_CONSTANT,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": _path(scope),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or (443 if scope["scheme"] == "https" else 80)),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "CONTENT_LENGTH": str(length),
    }
    for raw_name, raw_value in scope["headers"]:
        name = _variable(raw_name)
        if name is None:
            continue
        value = raw_value.decode("latin-1")
        if name in made:
            value = made[name] + ("; " if name == "HTTP_COOKIE" else ",") + value
        made[name] = value
    return made


def _path(scope: dict[str, Any]) -> str:
    """The path's bytes, one character each, undamaged even where they are no UTF-8: Django judges them itself."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return (unquote_to_bytes(raw) if b"%" in raw else raw).decode("latin-1")


@lru_cache(maxsize=512)
def _variable(header: bytes) -> str | None:
    """The name of a header's variable; None for one that could pass itself off as another (`X_Real` for `X-Real`)."""
    if b"_" in header:
        return None
    name = header.decode("latin-1").upper().replace("-", "_")
    if name == "CONTENT_TYPE":
        return name
    name = f"HTTP_{name}"
    return None if name in _NOT_PASSED_ON else name
