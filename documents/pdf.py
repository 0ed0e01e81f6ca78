"""PDF/A-3b by typst: templates lie in `papers/`, what stands on them goes in as data and never becomes markup.

The same facts give the same bytes: fonts are the compiler's own, dates come from the facts. A compiler is kept for each
thread, which makes a page three times as fast as a new one for each; it lets other threads run while it works.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import typst
from django.conf import settings

from documents.paper import Paper

PAPERS = Path(__file__).parent / "papers"
STANDARD = "a-3b"
MEDIA_TYPE = "application/pdf"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Control, format (bidi overrides, zero-width), surrogate, private use, unassigned, line and paragraph separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_UNKNOWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
# Lines, and words that a column may be too narrow for: only then do templates take texts apart.
_AWKWARD = re.compile(r"\n|\S{28}")
_TRIES = 6
_of_thread = threading.local()


def of(paper: Paper) -> bytes:
    """A paper as PDF/A."""
    return render("document", paper)


def render(template: str, facts: Any) -> bytes:
    """Set `papers/<template>.typ` with these facts (a dataclass, or whatever JSON can say) as PDF/A-3b.

    Letters that no font has are shown as a replacement sign: `EIPP_PDF_FONTS` names a folder of further fonts.
    """
    tidy = _walked(msgspec.to_builtins(facts), _seen)
    for _ in range(_TRIES):
        try:
            return _compiled(template, tidy)
        except typst.TypstError as error:
            unknown = _UNKNOWN.search(str(error))
            if unknown is None:
                raise
            tidy = _walked(tidy, _without(_ESCAPE.sub(lambda code: chr(int(code[1], 16)), unknown[1])))
    return _compiled(template, _walked(tidy, _western))


def _compiled(template: str, facts: Any) -> bytes:
    written = msgspec.json.encode(facts).decode()
    source = str(PAPERS / f"{template}.typ")
    plain = "no" if any(_AWKWARD.search(text) for text in _texts(facts)) else "yes"
    made: bytes = _compiler().compile(
        input=source, format="pdf", sys_inputs={"facts": written, "plain": plain}, pdf_standards=[STANDARD]
    )
    return made


def _compiler() -> Any:
    if not hasattr(_of_thread, "compiler"):
        _of_thread.compiler = typst.Compiler(
            str(PAPERS / "document.typ"), root=str(PAPERS), ignore_system_fonts=True,
            font_paths=[str(PAPERS / "fonts"), *([settings.PDF_FONTS] if settings.PDF_FONTS else [])],
        )  # fmt: skip
    return _of_thread.compiler


def _walked(facts: Any, change: Callable[[str], str]) -> Any:
    match facts:
        case str():
            return change(facts)
        case dict():
            return {name: _walked(value, change) for name, value in facts.items()}
        case list() | tuple():
            return [_walked(value, change) for value in facts]
    return facts


def _texts(facts: Any) -> Iterator[str]:
    """What is read on the paper."""
    match facts:
        case str():
            yield facts
        case dict():
            for name, value in facts.items():
                if name != "code":  # a picture
                    yield from _texts(value)
        case list():
            for value in facts:
                yield from _texts(value)


def _seen(text: str) -> str:
    """Composed letters, without what cannot be seen; lines are kept."""
    if text.isascii() and text.isprintable():
        return text
    lines = unicodedata.normalize("NFC", text).replace("\t", " ").splitlines()
    return "\n".join("".join(c for c in line if unicodedata.category(c) not in _UNSEEN) for line in lines)


def _without(unknown: str) -> Callable[[str], str]:
    """Replaces these letters and all others of their scripts, so that a text of many needs one more try."""
    scripts = {_script(letter) for letter in unknown}
    return lambda text: "".join(REPLACEMENT if _script(letter) in scripts else letter for letter in text)


def _script(letter: str) -> str:
    if letter.isascii():
        return letter
    return unicodedata.name(letter, letter).partition(" ")[0]


def _western(text: str) -> str:
    return "".join(letter if ord(letter) < 0x250 or letter in "–—−‘’“”„…€" else REPLACEMENT for letter in text)
