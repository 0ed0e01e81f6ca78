"""The jobs of this floor: forget what was announced and never finished, and what came after the end."""

from datetime import timedelta

from documents.file import StoredFile
from documents.store import store
from eipp.kernel import clock
from eipp.kernel.jobs import job

ABANDONED = timedelta(days=1)
TICKETS_ENDED = timedelta(hours=1)


@job(every=3600)
def forget_abandoned_uploads() -> None:
    """Nothing unchecked lies about for longer than a day; each file is forgotten by itself, the bytes first."""
    unfinished = StoredFile.objects.filter(verdict="pending", begun_at__lt=clock.now() - ABANDONED)
    for file in unfinished.order_by("begun_at")[:500]:
        store().delete(file.incoming_key)
        store().delete(file.key)
        StoredFile.objects.filter(pk=file.pk, verdict="pending").delete()


@job(every=3600)
def forget_late_bytes() -> None:
    """What was sent to a ticket once more, after its file had been taken, is nobody's."""
    taken = StoredFile.objects.exclude(verdict="pending").exclude(incoming_key="")
    for file in taken.filter(begun_at__lt=clock.now() - TICKETS_ENDED)[:500]:
        store().delete(file.incoming_key)
        StoredFile.objects.filter(pk=file.pk).update(incoming_key="")
