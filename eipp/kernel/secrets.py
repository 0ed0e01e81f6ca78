"""Secrets: random tokens, of which only a fingerprint is kept, what is kept locked, and signatures that only this
installation makes."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet
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


def lock(purpose: str, text: str) -> str:
    """The text so that only this installation reads it: what has to be kept itself, such as a shared secret."""
    return _box(purpose).encrypt(text.encode()).decode()


def unlock(purpose: str, locked: str) -> str:
    """What was locked for this purpose; raises `cryptography.fernet.InvalidToken` for anything else."""
    return _box(purpose).decrypt(locked.encode()).decode()


def _box(purpose: str) -> Fernet:
    key = salted_hmac(f"lock {purpose}", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
