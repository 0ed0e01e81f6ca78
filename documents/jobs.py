"""The jobs of this floor: check what waits, forget what was announced and never sent, and what came after the end."""

from datetime import timedelta

from documents.checking import check_waiting
from documents.file import StoredFile
from documents.store import store
from eipp.kernel import clock, lease
from eipp.kernel.jobs import job

ABANDONED = timedelta(days=1)
TICKETS_ENDED = timedelta(hours=1)


@job(every=10)
def check_uploads() -> None:
    """What the scanner could not see yet, or whose checker died, is checked; one worker at a time."""
    waits = StoredFile.objects.filter(verdict="pending", uploaded_at__isnull=False).exists()
    if waits and lease.take("check uploads", seconds=300):
        while check_waiting():
            lease.take("check uploads", seconds=300)
        lease.give_back("check uploads")


@job(every=3600)
def forget_abandoned_uploads() -> None:
    """What was announced and never finished goes after a day; each file is forgotten by itself, the bytes first.

    What did arrive and waits for the scanner stays, however long that takes.
    """
    unfinished = StoredFile.objects.filter(verdict="pending", uploaded_at=None, begun_at__lt=clock.now() - ABANDONED)
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
