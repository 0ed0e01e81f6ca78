"""The API's jobs."""

from eipp.api import idempotency
from eipp.kernel.jobs import job


@job(every=3600)
def forget_idempotency_keys() -> int:
    return idempotency.purge()
