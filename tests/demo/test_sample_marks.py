"""The published sample e-invoices find their buyer in the example world, each exactly one."""

from pathlib import Path

import pytest

from documents.einvoice import reading
from eipp.accounts.account_search import find_accounts
from eipp.accounts.models import AccountIdentifier
from tests.world import World

SAMPLES = Path(__file__).parent.parent / "data" / "einvoice"
NAMELESS = {  # samples that name their buyer, but carry no mark of it
    "CII_example3.xml", "CII_example4.xml", "ubl-tc434-example1.xml", "ubl-tc434-example4.xml",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted((SAMPLES / "valid").rglob("*.xml")), ids=lambda path: path.name)
def test_a_sample_finds_its_buyer(world: World, path: Path) -> None:
    buyer = reading.read(path.read_bytes()).document.buyer
    found = find_accounts(
        world.nordwind, endpoint=buyer.endpoint, endpoint_scheme=buyer.endpoint_scheme or "", vat_id=buyer.vat_id,
        legal_id=buyer.legal_id, legal_scheme=buyer.legal_scheme or "",
    )  # fmt: skip
    assert found == ([] if path.name in NAMELESS else [world.main])


def test_no_mark_stands_on_two_accounts(world: World) -> None:
    marks = list(AccountIdentifier.objects.values_list("supplier_id", "kind", "scheme", "value_folded"))
    assert len(marks) == len(set(marks)) > 20
