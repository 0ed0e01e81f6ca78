"""The example's bank: its statement can be loaded again and again, and each time settles what is on its way."""

import pytest
from django.conf import LazySettings
from django.urls import reverse

from tests.desk.test_cash import load
from tests.workflows.bank_file import outcomes, work
from tests.workflows.doing import enter
from tests.world import World
from workflows.bank_statement import BankStatement


@pytest.fixture(autouse=True)
def _example_world(settings: LazySettings) -> None:
    settings.EXAMPLE_WORLD = True


def test_the_example_s_statement_is_taken_in_each_time(world: World) -> None:
    clara = world.client("clara")
    for amount in ("100.00", "60.00"):
        invoice = world.invoice(amount, account="tiny_account")
        payment = enter(world, "tom", invoice, gateway="bank_transfer", method="bank_transfer")
        world.invoice("80.00", account="tiny_account")
        world.invoice("70.00", account="tiny_account")
        answer = clara.get(reverse("demo:bank-statement"))
        load(clara, answer.content, "bank-statement.xml")
        work()
        payment.refresh_from_db()
        statement = BankStatement.objects.order_by("-received_at")[0]
        assert (payment.state, statement.standing, statement.faults) == ("settled", "applied", [])
        assert outcomes(statement) == ["payment", "applied", "account", "waiting"]


def test_the_example_s_bank_writes_for_the_supplier_alone(world: World) -> None:
    for who, status in (("clara", 200), ("paula", 200), ("anna", 404), ("silke", 404)):
        assert world.client(who).get(reverse("demo:bank-statement")).status_code == status
    assert (
        "Download today’s bank statement" in world.client("clara").get(reverse("desk:bank-statements")).content.decode()
    )
