"""Reading hostile files: a function runs on the bytes in a child process, under limits of memory, time and files.

The child is born for one file and dies with it. It knows neither the environment nor the database; what it answers are
plain values (texts, numbers, bytes, lists, dictionaries), never objects, so that nothing can be smuggled back.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec

from eipp.kernel.refusal import Refusal

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 20
#: Children at once in one process: so many times `MEMORY` is the most that reading can take.
AT_ONCE = 3

_SCRIPT = Path(__file__).with_name("child_process.py")
_ROOT = Path(__file__).resolve().parent.parent
_places = threading.BoundedSemaphore(AT_ONCE)


def read_in_child(
    function: str, content: bytes, *, seconds: int = SECONDS, memory: int = MEMORY, **options: Any
) -> Any:
    """What `function` (its path, such as `documents.pdf_text.read`) returns for the bytes and the options.

    Its module must not need Django, and its answer must be plain values. A Refusal that it raises is raised here;
    whatever else goes wrong in it is Refusal 422 `file_damaged`, a limit that it meets `file_too_costly`; 503 when all
    places stayed taken for `seconds`.
    """
    if not _places.acquire(timeout=seconds):
        raise Refusal(
            "busy", "Too many files are being read just now; try again in a minute.", status=503, retry_after=60
        )
    try:
        written = _run(function, content, seconds, memory, options)
    finally:
        _places.release()
    try:
        answer = msgspec.msgpack.decode(written)
    except msgspec.DecodeError:  # one of its limits ended it
        raise _too_costly() from None
    return _taken(answer)


def _run(function: str, content: bytes, seconds: int, memory: int, options: dict[str, Any]) -> bytes:
    # -I: neither the environment nor the current folder decides what the child imports.
    command = [sys.executable, "-I", "-B", str(_SCRIPT), str(_ROOT), function, str(memory), str(seconds)]
    try:
        return subprocess.run(  # noqa: S603 (the command is ours)
            [*command, json.dumps(options)],
            input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, timeout=seconds + 5, check=False,
        ).stdout  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _too_costly() from None


def _taken(answer: dict[str, Any]) -> Any:
    match answer:
        case {"result": result}:
            return result
        case {"refused": [code, sentence, status, field]}:
            raise Refusal(code, sentence, status=status, field=field)
        case {"limit": _}:
            raise _too_costly()
    raise Refusal("file_damaged", "The file is damaged, or not what it says it is; send it again.", status=422)


def _too_costly() -> Refusal:
    return Refusal(
        "file_too_costly", "The file needs more memory or time than we give it; send a smaller one.", status=422
    )
