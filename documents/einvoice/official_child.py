"""The child process that runs the official rules: saxonche (250 MB) and its compiled stylesheets live here alone.

Run as a script by `official`. It speaks in frames over its standard input and output: a length in four bytes, then
that many bytes. A question is the name of a stylesheet, a line break, the XML; an answer is the report (SVRL), or `!`
and why there is none. It ends when its parent does, and may think about one document for only so long.
"""

import os
import resource
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from saxonche import PySaxonProcessor

CPU_SECONDS = 60


def main(folder: Path, parent: int) -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed must not stand among the answers
    threading.Thread(target=watch, args=(parent,), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    rules = Rules(folder)
    questions = sys.stdin.buffer
    while question := read(questions):
        fence()
        name, _line, xml = question.partition(b"\n")
        try:
            answer = rules.report(name.decode(), xml.decode()).encode()
        except Exception as error:
            answer = b"!" + str(error).encode()[:2000]
        answers.write(struct.pack(">I", len(answer)) + answer)
        answers.flush()


def watch(parent: int) -> None:
    """The parent's pipe may be held open by its other children; its death is seen in who our parent is."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def fence() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS, hard))


def read(stream: BinaryIO) -> bytes:
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


class Rules:
    """The stylesheets, each compiled when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processor = PySaxonProcessor(license=False)
        self._compiler = self._processor.new_xslt30_processor()
        self._compiled: dict[str, Any] = {}

    def report(self, name: str, xml: str) -> str:
        if name not in self._compiled:
            self._compiled[name] = self._compiler.compile_stylesheet(stylesheet_file=str(self._folder / name))
        return str(self._compiled[name].transform_to_string(xdm_node=self._processor.parse_xml(xml_text=xml)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
