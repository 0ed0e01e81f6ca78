"""Functions for the child process that do what hostile files make libraries do."""

import os
import time
from pathlib import Path
from typing import Any

from eipp.kernel.refusal import Refusal


def lengths(content: bytes, **options: Any) -> dict[str, Any]:
    return {"length": len(content), "options": options, "bytes": content[:4]}


def refuse(content: bytes) -> None:
    raise Refusal("locked", "The file is protected by a password.", status=422, field="file")


def fail(content: bytes) -> None:
    raise KeyError("/Root")


def swallow_memory(content: bytes) -> int:
    return len(bytearray(4 * 1024**3))


def think(content: bytes) -> None:
    while True:
        pass


def wait(content: bytes) -> None:
    time.sleep(3600)


def end(content: bytes) -> None:
    os._exit(0)


def environment(content: bytes) -> list[str]:
    return sorted(os.environ)


def write(content: bytes) -> None:
    Path(content.decode()).write_bytes(b"x" * 100)
