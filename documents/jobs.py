"""The jobs of this floor: forget what was announced and never finished."""

from datetime import timedelta

from documents.file import StoredFile
from documents.store import store
from eipp.kernel import clock
from eipp.kernel.jobs import job

ABANDONED = timedelta(days=1)


@job(every=3600)
def forget_abandoned_uploads() -> None:
    """Nothing unchecked lies about for longer than a day; each file is forgotten by itself, the bytes first."""
    unfinished = StoredFile.objects.filter(verdict="pending", begun_at__lt=clock.now() - ABANDONED)
    for file in unfinished.order_by("begun_at")[:500]:
        store().delete(file.incoming_key)
        store().delete(file.key)
        StoredFile.objects.filter(pk=file.pk, verdict="pending").delete()
