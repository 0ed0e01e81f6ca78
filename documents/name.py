"""A file's name as people may see it: one part, of letters that say what they show, with its ending kept."""

import re
import unicodedata

LONGEST = 120
# Control, format (bidi overrides, zero-width), surrogate, private use, unassigned, line and paragraph separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_name(name: str, *, ending: str = "") -> str:
    """A name from outside without folders, control and direction signs, at most 120 characters; or `file`."""
    part = re.split(r"[/\\]", name)[-1]
    seen = "".join(letter for letter in part if unicodedata.category(letter) not in _UNSEEN)
    plain = re.sub(r'[<>:"|?*]+', "-", re.sub(r"\s+", " ", unicodedata.normalize("NFC", seen))).strip(" .")
    stem, own_ending = _split(plain or "file")
    ending = own_ending or ending
    return stem[: LONGEST - len(ending)].rstrip(" .") + ending


def ending_of(name: str) -> str:
    """The name's ending in small letters, such as `.pdf`; empty when it has none."""
    return _split(name)[1].lower()


def _split(name: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.+)(\.[A-Za-z0-9]{1,8})", name, re.DOTALL)
    return (match[1], match[2]) if match else (name, "")
