"""Late fees with several workers and a worker that dies: on PostgreSQL, with real transactions."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection

from eipp.kernel import clock
from eipp.ledger import finance_charge_reckoning
from eipp.ledger.finance_charge import FinanceCharge, FinanceChargeBookmark
from eipp.ledger.finance_charge_rule import FinanceChargeRule
from eipp.ledger.models import Invoice
from eipp.ledger.verify_checks import CHECKS
from tests.resilience.house import database
from tests.shape.source import ROOT
from tests.workflows.at_once import at_once, unlock
from tests.world import World
from workflows import finance_charge
from workflows.finance_charge import charge_all

pytestmark = [pytest.mark.postgres, pytest.mark.long, pytest.mark.django_db(transaction=True)]
INVOICES = 40
_RUN = """
import django; django.setup()
from eipp.kernel import clock
from eipp.accounts.models import Organisation
from workflows.finance_charge import charge
for _ in charge(Organisation.objects.get(pk="{supplier}"), now=clock.now(), batch=2):
    print("batch", flush=True)
"""


@pytest.fixture
def overdue(world: World) -> Iterator[World]:
    """Invoices of several accounts on which a charge falls today."""
    today = clock.today(world.nordwind.time_zone)
    FinanceChargeRule.objects.create(
        supplier=world.nordwind, currency="EUR", starts_on=today - timedelta(days=90), kind="percent_of_period",
        percent=Decimal(1), grace_days=5, set_at=clock.now(),
    )  # fmt: skip
    FinanceChargeBookmark.objects.create(supplier=world.nordwind, day=today - timedelta(days=1))
    for number in range(INVOICES):
        account = ("main", "tiny_account")[number % 2]
        world.invoice("100.00", account=account, issued=today - timedelta(days=36), due=today - timedelta(days=6),
                      now=clock.now() - timedelta(days=36))  # fmt: skip
    yield world


def assert_each_once() -> None:
    charged = FinanceCharge.objects.values_list("invoice", "amount_minor")
    invoices = Invoice.objects.filter(kind="invoice").values_list("pk", flat=True)
    assert sorted(charged) == [(pk, 100) for pk in sorted(invoices)]
    numbers = list(FinanceCharge.objects.order_by("document__number").values_list("document__number", flat=True))
    year = numbers[0].split("-")[1]
    assert numbers == [f"FC-{year}-{number:05}" for number in range(1, INVOICES + 1)]
    assert_books()


def assert_books() -> None:
    with connection.cursor() as cursor:
        for name, sql in CHECKS.items():
            cursor.execute(sql)
            assert cursor.fetchall() == [], name


def test_two_workers_at_once_charge_each_invoice_once(overdue: World) -> None:
    moment = clock.now()
    outcomes = at_once(*[lambda: charge_all(overdue.nordwind, now=moment)] * 4)
    assert outcomes == ["done"] * 4
    assert_each_once()


def test_without_the_lock_the_constraint_alone_holds_and_without_that_one_is_charged_twice(
    overdue: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nobody locks, and whoever has reckoned waits a moment before it posts."""
    unlock(monkeypatch)
    numbers = count(1_000, 1_000)
    monkeypatch.setattr(
        "eipp.kernel.numbering.take", lambda name, count=1: range(first := next(numbers), first + count)
    )
    monkeypatch.setattr(finance_charge, "reckon", _slowly(finance_charge_reckoning.reckon))
    moment = clock.now()
    assert "IntegrityError" in at_once(*[lambda: charge_all(overdue.nordwind, now=moment)] * 3)
    assert FinanceCharge.objects.values("invoice").distinct().count() == FinanceCharge.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_financecharge")
        cursor.execute("ALTER TABLE ledger_financecharge DROP CONSTRAINT finance_charge_once")
    FinanceChargeBookmark.objects.update(day=clock.today(overdue.nordwind.time_zone) - timedelta(days=1), after=None)
    try:
        at_once(*[lambda: charge_all(overdue.nordwind, now=moment)] * 3)
        assert FinanceCharge.objects.count() > INVOICES
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ledger_financecharge")
            cursor.execute("ALTER TABLE ledger_financecharge ADD CONSTRAINT finance_charge_once "
                           "UNIQUE (invoice_id, charged_for, cause)")  # fmt: skip


def _slowly(reckon: Callable[..., Any]) -> Callable[..., Any]:
    def slow(*args: Any, **facts: Any) -> Any:
        found = reckon(*args, **facts)
        time.sleep(0.3)
        return found

    return slow


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_the_next_goes_on(overdue: World) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("EIPP_", "DJANGO_"))}
    worker = subprocess.Popen(
        [sys.executable, "-c", _RUN.format(supplier=overdue.nordwind.pk)], cwd=ROOT, stdout=subprocess.PIPE,
        env={**environment, "EIPP_DATABASE_URL": database(), "DJANGO_SETTINGS_MODULE": "eipp.settings"},
    )  # fmt: skip
    assert worker.stdout
    for _ in range(3):
        assert worker.stdout.readline() == b"batch\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    before = FinanceCharge.objects.count()
    assert 6 <= before < INVOICES and before % 2 == 0
    assert_books()
    assert charge_all(overdue.nordwind, now=clock.now()) == INVOICES - before
    assert_each_once()
