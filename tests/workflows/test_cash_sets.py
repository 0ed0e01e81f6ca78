"""A statement is applied in sets: what a batch costs does not grow with its entries, and the books stay right."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflows.bank_file import Line, camt, load, outcomes, work
from tests.workflows.doing import assert_sound
from tests.world import World
from workflows import cash_posting


def cost(world: World, monkeypatch: pytest.MonkeyPatch, count: int, sequence: int, opening: str) -> tuple[int, str]:
    """The queries that a statement of so many entries takes in one batch, half of which close an invoice."""
    monkeypatch.setattr(cash_posting, "BATCH", 1000)
    invoices = [world.invoice(f"{10 + at}.00", account="tiny_account") for at in range(count)]
    lines = [Line(f"{10 + at}.00", text=invoice.number) for at, invoice in enumerate(invoices)]
    lines += [Line("1.00", name="Tiny Studio"), Line("2.00", name="Nobody we know"), Line("-3.00", text="fee")] * count
    statement = load(world, camt(*lines, sequence=sequence, opening=opening, day=f"2026-03-0{sequence}"))
    with CaptureQueriesContext(connection) as caught:
        work()
    counted = Counter(outcomes(statement))
    assert counted == {"applied": count, "account": count, "waiting": count, "outgoing": count}
    assert statement.closing
    return len(caught), statement.closing.text


def test_what_a_batch_costs_does_not_grow_with_its_entries(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few, closing = cost(world, monkeypatch, 4, 1, "0.00")
    many, _ = cost(world, monkeypatch, 40, 2, closing)
    assert few < 120
    assert many - few < 20  # SQLite takes so many parameters at a time, so a long statement is parted
    assert_sound()
