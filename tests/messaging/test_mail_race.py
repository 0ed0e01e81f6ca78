"""Workers that deliver at the same time never send the same mail."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.mail import send_mail
from django.db import connection

from eipp.kernel import clock
from messaging.mail_delivery import _claim
from messaging.outgoing_mail import OutgoingMail

WORKERS = 8


def _claimed_by_all(claim: object) -> list[object]:
    start = Barrier(WORKERS)

    def work(_: int) -> list[object]:
        try:
            start.wait(timeout=30)
            taken = []
            while mail := claim(clock.now()):  # type: ignore[operator]
                taken.append(mail.pk)
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return [mail for taken in pool.map(work, range(WORKERS)) for mail in taken]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_each_mail_is_taken_by_one_worker(settings: object) -> None:
    settings.EMAIL_BACKEND = "messaging.mail.OutboxBackend"  # type: ignore[attr-defined]
    for number in range(40):
        send_mail(f"Mail {number}", "x", "a@example.com", ["b@example.com"])
    taken = _claimed_by_all(_claim)
    assert sorted(map(str, taken)) == sorted(str(mail.pk) for mail in OutgoingMail.objects.all())
