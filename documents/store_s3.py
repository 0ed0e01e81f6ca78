"""The store's S3 side: bytes in a bucket; tickets are presigned POSTs, which the store itself judges.

The policy of a ticket names the exact key, the content type and the length in bytes; whoever changes one of them, or
comes too late, is refused by the store. Every call is bounded: 3 s to connect, 20 s for each answer, two attempts.
"""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from documents.store import LIFE, StoreAway, UploadTicket, new_key
from eipp.kernel import clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_KEY = re.compile(r"[a-z]+/[0-9a-f]{40}")
_MISSING = {"404", "NoSuchKey", "NoSuchBucket", "NotFound"}
_IN_MEMORY = 1024 * 1024  # bytes of an opened file; the rest of a larger one lies in a temporary file
_PIECE = 256 * 1024


class S3Store:
    """Implements `documents.store.Store` in `settings.S3_BUCKET`."""

    def put(self, key: str, content: bytes) -> None:
        with _bounded():
            _client().put_object(Bucket=settings.S3_BUCKET, Key=_checked(key), Body=content)

    def open(self, key: str) -> BinaryIO:
        """All of it is fetched at once, so that a slow reader holds no connection to the store."""
        target = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the caller reads and closes it)
        try:
            with _bounded():
                found = _client().get_object(Bucket=settings.S3_BUCKET, Key=_checked(key))
                with closing(found["Body"]) as body:
                    for piece in body.iter_chunks(_PIECE):
                        target.write(piece)
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return cast(BinaryIO, target)

    def size(self, key: str) -> int | None:
        try:
            with _bounded():
                return _client().head_object(Bucket=settings.S3_BUCKET, Key=_checked(key))["ContentLength"]
        except FileNotFoundError:
            return None

    def move(self, key: str, to: str) -> bool:
        try:
            with _bounded():
                source = {"Bucket": settings.S3_BUCKET, "Key": _checked(key)}
                _client().copy_object(Bucket=settings.S3_BUCKET, Key=_checked(to), CopySource=cast(Any, source))
        except FileNotFoundError:
            return False
        self.delete(key)
        return True

    def delete(self, key: str) -> None:
        with _bounded():
            _client().delete_object(Bucket=settings.S3_BUCKET, Key=_checked(key))

    def ticket(self, key: str, *, max_bytes: int, content_type: str, now: datetime) -> UploadTicket:
        kind = content_type or "application/octet-stream"
        expires_at = min(now, clock.now()) + LIFE
        post = _client(public=True).generate_presigned_post(
            settings.S3_BUCKET,
            _checked(key),
            Fields={"Content-Type": kind},
            Conditions=[{"Content-Type": kind}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=int((expires_at - clock.now()).total_seconds()),
        )
        # With the slash: for the bare bucket SeaweedFS answers by its general rule on origins, not by the bucket's.
        url = post["url"].rstrip("/") + "/"
        return UploadTicket(
            url=url, fields=post["fields"], max_bytes=max_bytes, content_type=kind, expires_at=expires_at
        )

    def prepare(self) -> None:
        """Make the bucket where there is none, let pages of our own address send to it, and see that it keeps bytes."""
        with _bounded():
            _make_bucket()
            _client().put_bucket_cors(Bucket=settings.S3_BUCKET, CORSConfiguration=cast(Any, _cors()))
        key = new_key("probe")
        self.put(key, b"probe")
        with self.open(key) as stream:
            if stream.read() != b"probe":
                raise StoreAway("The store gave back other bytes than it was given.")
        self.delete(key)

    def answer(self) -> None:
        try:
            with _bounded():
                _client().head_bucket(Bucket=settings.S3_BUCKET)
        except FileNotFoundError:
            raise StoreAway(f"There is no bucket {settings.S3_BUCKET}.") from None


@cache
def _client(*, public: bool = False) -> "S3Client":
    """One for each process and address; it may be used by all threads."""
    return boto3.client(
        "s3",
        endpoint_url=settings.S3_PUBLIC_ENDPOINT if public else settings.S3_ENDPOINT,
        region_name=settings.S3_REGION,
        aws_access_key_id=settings.S3_ACCESS_KEY,
        aws_secret_access_key=settings.S3_SECRET_KEY,
        config=Config(
            connect_timeout=3,
            read_timeout=20,
            retries={"total_max_attempts": 2, "mode": "standard"},
            max_pool_connections=40,
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _bounded() -> Iterator[None]:
    """The library's errors in the store's words: what is missing, and a store that does not answer as it should."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _MISSING:
            raise FileNotFoundError(code) from None
        raise StoreAway(f"The store refused: {code}") from error
    except BotoCoreError as error:
        raise StoreAway(f"The store did not answer: {type(error).__name__}") from error


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of this store")
    return key


def _make_bucket() -> None:
    """AWS wants to hear the region of a new bucket, except of its first one."""
    place = {} if settings.S3_REGION == "us-east-1" else {"LocationConstraint": settings.S3_REGION}
    try:
        _client().head_bucket(Bucket=settings.S3_BUCKET)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        more = {"CreateBucketConfiguration": cast(Any, place)} if place else {}
        _client().create_bucket(Bucket=settings.S3_BUCKET, **more)


def _cors() -> dict[str, Any]:
    """Pages of our own address may send tickets, and nothing else."""
    return {"CORSRules": [{"AllowedOrigins": [settings.BASE_URL], "AllowedMethods": ["POST"], "AllowedHeaders": ["*"]}]}
