"""The store's contract: where the bytes of files lie, under random keys, never under a name from outside."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from eipp.kernel.refusal import Refusal

INCOMING = "incoming"  # what a client may write to by ticket
KEPT = "kept"  # what no client ever learns the key of
QUARANTINE = "quarantine"  # what a scanner found something in: kept for the operator, served to nobody
LIFE = timedelta(minutes=15)  # of a ticket


class StoreAway(OSError):
    """The store did not do what was asked; asking again later may help."""


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """Leave to send one file by one multipart POST to `url`: first the `fields`, last the part named `file`.

    The url may be relative to our own address.
    """

    url: str
    max_bytes: int
    content_type: str
    expires_at: datetime
    fields: dict[str, str] = field(default_factory=dict)


class Store(Protocol):
    """A place for bytes. Keys are made by `new_key`; every call is bounded in time."""

    def put(self, key: str, content: bytes) -> None:
        """Keep the bytes durably under the key, all or nothing."""

    def open(self, key: str) -> BinaryIO:
        """The bytes as a stream; FileNotFoundError when there are none."""

    def size(self, key: str) -> int | None:
        """How many bytes lie there; None when there are none."""

    def move(self, key: str, to: str) -> bool:
        """Put what lies at `key` where no ticket reaches; False when nothing lay there."""

    def delete(self, key: str) -> None:
        """Forget the bytes; nothing happens when there are none."""

    def ticket(self, key: str, *, max_bytes: int, content_type: str, now: datetime) -> UploadTicket:
        """Leave for someone outside to write this one key, no more than `max_bytes`, for a quarter of an hour."""

    def prepare(self) -> None:
        """Make the place ready before the first start: what is missing is made, what is there stays."""

    def answer(self) -> None:
        """Return when bytes can be kept and read now; raises OSError."""


def new_key(area: str = KEPT) -> str:
    """A key that nobody can guess."""
    return f"{area}/{secrets.token_hex(20)}"


def store() -> Store:
    """The store of this installation."""
    return _store(settings.DOCUMENT_STORE)


@contextmanager
def reached() -> Iterator[None]:
    """A store that is away becomes a sentence: 503, and nothing was lost."""
    try:
        yield
    except StoreAway as away:
        raise Refusal(
            "store_away", "Files cannot be reached just now; nothing was lost. Try again in a minute.", status=503,
            retry_after=60,
        ) from away  # fmt: skip


@cache
def _store(path: str) -> Store:
    return import_string(path)()
