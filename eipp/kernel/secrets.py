"""Secrets: random tokens, of which only a fingerprint is kept, and signatures that only this installation makes."""

import hashlib
import hmac
import secrets

from django.utils.crypto import salted_hmac


def new_token(prefix: str = "") -> str:
    """A fresh secret of 256 bits, shown once; the prefix says what it opens."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What is stored of a token: SHA-256 suffices, since the token itself has full entropy."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign(purpose: str, text: str) -> str:
    """A signature over a text for one purpose, by this installation's key."""
    return salted_hmac(purpose, text, algorithm="sha256").hexdigest()


def is_signed(purpose: str, text: str, signature: str) -> bool:
    return hmac.compare_digest(sign(purpose, text).encode(), signature.encode(errors="replace"))
