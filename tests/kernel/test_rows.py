"""Rows written as a set say what rows written one by one say, of every kind of column."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import DataError, connection, transaction

from eipp.kernel import rows
from tests.workflows.bank_file import Line, camt, entries, load
from tests.world import World

MANY = rows.MANY + 5


def test_rows_that_are_changed_together_are_what_they_were_made(world: World) -> None:
    """Text with quotes, JSON, days, moments, numbers, ids, truth and nothing."""
    found = list(entries(load(world, camt(*[Line("1.00")] * MANY))))
    for at, row in enumerate(found):
        row.text = f'{at} "quoted", {{braces}}, back\\slash, NULL, Überweisung' if at else ""
        row.because = {"code": "x", "numbers": ["a,b", '"'], "nested": {"at": at}} if at % 2 else {}
        row.value_on, row.is_reversal = date(2026, 1, 1 + at), bool(at % 3)
        row.looked_at = datetime(2026, 1, 1, 12, at % 60, tzinfo=UTC) if at % 2 else None
        row.payment_id, row.account = (uuid4(), world.tiny_account) if at % 2 else (None, None)
        row.amount_minor = -(10**15) + at
    names = ["text", "because", "value_on", "is_reversal", "looked_at", "payment_id", "account", "amount_minor"]
    rows.update(found, names)
    columns = [found[0]._meta.get_field(name).attname for name in names]
    kept = {row.pk: row for row in found[0].__class__.objects.all()}
    for row in found:
        assert [getattr(kept[row.pk], name) for name in columns] == [getattr(row, name) for name in columns]


def test_what_was_not_named_and_what_was_not_given_stays(world: World) -> None:
    found = list(entries(load(world, camt(*[Line("1.00", text="as it came")] * MANY))))
    for row in found:
        row.text, row.note = "changed", "noted"
    rows.update(found[:-1], ["note"])
    kept = list(found[0].__class__.objects.order_by("position"))
    assert {row.text for row in kept} == {"as it came"}
    assert [row.note for row in kept] == ["noted"] * (MANY - 1) + [""]
    rows.update([], ["note"])


def test_what_is_too_long_for_its_column_is_refused_and_not_cut_off(world: World) -> None:
    found = list(entries(load(world, camt(*[Line("1.00")] * MANY))))
    for row in found:
        row.return_reason = "x" * 41
    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            rows.update(found, ["return_reason"])
    else:
        rows.update(found, ["return_reason"])
        assert found[0].__class__.objects.filter(return_reason="x" * 41).count() == MANY
