"""Bookmarks: how far a reader of the sealed events has come."""

from django.db import models


class Bookmark(models.Model):
    """A reader's place; attempts and retry_at count the failures at the next event."""

    name = models.CharField(max_length=100, primary_key=True)
    position = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.position}"

    @classmethod
    def position_of(cls, name: str) -> int:
        return cls.objects.get_or_create(name=name)[0].position
