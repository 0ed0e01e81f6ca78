"""The rows about bytes."""

from documents.file import FileLink, StoredFile

__all__ = ["FileLink", "StoredFile"]
