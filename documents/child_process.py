"""The child's side of `child.read_in_child`, run as a script: bytes in, one answer out, under limits set beforehand."""

import importlib
import json
import logging
import resource
import signal
import sys
from typing import Any

import msgspec

LONGEST_ANSWER = 64 * 1024 * 1024  # bytes


def main(root: str, function: str, memory: int, seconds: int, options: dict[str, Any]) -> None:
    """Everything that is needed is imported first; the fence closes before the first byte of the file is looked at."""
    sys.path.insert(0, root)
    module, _, name = function.rpartition(".")
    read = getattr(importlib.import_module(module), name)
    refusal = importlib.import_module("eipp.kernel.refusal").Refusal
    logging.disable(logging.CRITICAL)
    fence(memory, seconds)
    answer = _answer(read, refusal, sys.stdin.buffer.read(), options)
    sys.stdout.buffer.write(answer)


def fence(memory: int, seconds: int) -> None:
    """No more memory or time than an honest file needs; no file is written, no process begun that could outlast it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(seconds)  # ends it even when its parent is gone


def _answer(read: Any, refusal: type[Any], content: bytes, options: dict[str, Any]) -> bytes:
    try:
        answer = msgspec.msgpack.encode({"result": read(content, **options)})
    except refusal as no:
        return msgspec.msgpack.encode({"refused": [no.code, no.sentence, no.status, no.field]})
    except MemoryError:
        return msgspec.msgpack.encode({"limit": "memory"})
    except Exception as fault:  # hostile bytes make libraries fail in every way there is; the parent says so in words
        return msgspec.msgpack.encode({"fault": type(fault).__name__})
    return answer if len(answer) <= LONGEST_ANSWER else msgspec.msgpack.encode({"limit": "answer"})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), json.loads(sys.argv[5]))
