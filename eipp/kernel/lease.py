"""Leases: who alone does a piece of background work, by a row; a holder that dies is followed after its time."""

from datetime import timedelta
from uuid import uuid4

from django.db import models, transaction

from eipp.kernel import clock

HOLDER = uuid4().hex  # this process


class Lease(models.Model):
    """One name, one holder at a time."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


def take(name: str, *, seconds: int = 30) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    moment = clock.real()
    with transaction.atomic():
        Lease.objects.get_or_create(name=name)
        lease = Lease.objects.select_for_update().get(name=name)
        if lease.holder != HOLDER and lease.until and lease.until > moment:
            return False
        Lease.objects.filter(name=name).update(holder=HOLDER, until=moment + timedelta(seconds=seconds))
    return True


def give_back(name: str) -> None:
    """Let the next one begin at once."""
    Lease.objects.filter(name=name, holder=HOLDER).update(until=None, holder="")
