"""Plain text: what may be written into a name or an address, and how two spellings of it are compared."""

import unicodedata

from eipp.kernel.refusal import Refusal

_CONTROLS = frozenset({"Cc", "Cs", "Cn"})
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def folded(text: str) -> str:
    """The form in which user names and e-mail addresses are compared: without case, width or ligature.

    The database would fold differently (SQLite knows ASCII only), so this form is stored beside what was written.
    """
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text.casefold())
    return text


def plain(text: str, *, field: str, longest: int) -> str:
    """The text, trimmed and composed; Refusal (422) when it is too long or holds what nobody can see or type."""
    text = unicodedata.normalize("NFC", text.strip())
    if len(text) > longest:
        raise Refusal("too_long", f"Please keep this within {longest} characters.", status=422, field=field)
    if any(unicodedata.category(sign) in _CONTROLS or sign in _DIRECTIONS for sign in text):
        raise Refusal("invalid_text", "This contains characters that cannot be shown.", status=422, field=field)
    return text
