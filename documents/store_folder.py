"""The store's folder side: bytes in a folder of this machine; tickets are signed, and redeemed by our own address."""

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from django.conf import settings
from django.urls import reverse

from documents.store import LIFE, StoreAway, UploadTicket
from eipp.kernel import secrets
from eipp.kernel.refusal import Refusal

_KEY = re.compile(r"[a-z]+/[0-9a-f]{40}")
_PURPOSE = "documents.ticket"
ENVELOPE = 64 * 1024  # bytes that a multipart request may have around the file


class FolderStore:
    """Implements `documents.store.Store` under `settings.FILES_FOLDER`."""

    def put(self, key: str, content: bytes) -> None:
        path = _path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{token_hex(6)}")
        draft.touch(mode=0o600, exist_ok=False)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def open(self, key: str) -> BinaryIO:
        return _path(key).open("rb")

    def size(self, key: str) -> int | None:
        try:
            return _path(key).stat().st_size
        except FileNotFoundError:
            return None

    def move(self, key: str, to: str) -> bool:
        target = _path(to)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _path(key).replace(target)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        _path(key).unlink(missing_ok=True)

    def ticket(self, key: str, *, max_bytes: int, content_type: str, now: datetime) -> UploadTicket:
        expires_at = now + LIFE
        grant = Grant(key, max_bytes, int(expires_at.timestamp()))
        url = reverse("files:receive", args=[grant.written()])
        return UploadTicket(url=url, max_bytes=max_bytes, content_type=content_type, expires_at=expires_at)

    def prepare(self) -> None:
        Path(settings.FILES_FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)

    def answer(self) -> None:
        self.prepare()
        if not os.access(settings.FILES_FOLDER, os.W_OK):
            raise StoreAway(f"{settings.FILES_FOLDER} cannot be written.")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a ticket's address carries, signed: which key may be written, how many bytes, until when (epoch seconds)."""

    key: str
    max_bytes: int
    expires: int

    def written(self) -> str:
        text = json.dumps([self.key, self.max_bytes, self.expires])
        return f"{base64.urlsafe_b64encode(text.encode()).decode()}.{secrets.sign(_PURPOSE, text)}"


def redeem(ticket: str, *, now: datetime) -> Grant:
    """Read a ticket that this installation signed; a forged one and an expired one are refused."""
    encoded, _, signature = ticket.partition(".")
    try:
        text = base64.urlsafe_b64decode(encoded).decode()
    except (binascii.Error, ValueError):
        raise _no_ticket() from None
    if not secrets.is_signed(_PURPOSE, text, signature):
        raise _no_ticket()
    grant = Grant(*json.loads(text))
    if datetime.fromtimestamp(grant.expires, UTC) < now:
        raise Refusal("ticket_expired", "The time for this upload has run out; choose the file again.", status=403)
    return grant


def receive(ticket: str, content: bytes, *, now: datetime) -> None:
    """Keep what was sent to a ticket's address."""
    grant = redeem(ticket, now=now)
    if len(content) > grant.max_bytes:
        raise too_large(grant)
    FolderStore().put(grant.key, content)


def too_large(grant: Grant) -> Refusal:
    return Refusal("too_large", f"The file is larger than the {grant.max_bytes:,} bytes announced.", status=413)


def _path(key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of this store")
    area, name = key.split("/")
    return Path(settings.FILES_FOLDER) / area / name[:2] / name


def _no_ticket() -> Refusal:
    return Refusal("no_such_ticket", "This upload was not announced; choose the file again.", status=403)
