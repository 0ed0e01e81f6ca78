"""Numbering: gapless numbers for documents issued here, one range per name, taken in the document's transaction."""

from django.db import models, transaction


class NumberRange(models.Model):
    """The last number taken from a range, such as `credit_note:<legal entity>:2026`."""

    name = models.CharField(max_length=120, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


def take(name: str, *, count: int = 1) -> range:
    """The next `count` numbers of a range; waits for whoever is taking from it, and gives back on rollback."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("numbers are taken in the transaction of the document they number")
    NumberRange.objects.bulk_create([NumberRange(name=name)], ignore_conflicts=True)
    row = NumberRange.objects.select_for_update().get(name=name)
    NumberRange.objects.filter(name=name).update(last=row.last + count)
    return range(row.last + 1, row.last + 1 + count)
