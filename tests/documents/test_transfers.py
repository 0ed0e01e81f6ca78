"""What a payer's bank is given: a payment file that the standard's own schema accepts, whatever the facts are."""

from datetime import UTC, date, datetime

import pytest
from lxml import etree

from documents.bank.transfers import NAMESPACE, Transfer, pain001
from eipp.kernel.money import Money
from tests.shape.source import ROOT

SCHEMA = etree.XMLSchema(etree.parse(str(ROOT / "tests/data/bank/schema/pain.001.001.09.xsd")))
NORDWIND, REFERENCE = "DE89370400440532013000", "RF18539007547034"
NOW = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)


def transfer(amount: Money, payee: str = "Nordwind Handels GmbH", account: str = NORDWIND, bank: str = "") -> Transfer:
    return Transfer(payee, account, bank, amount, date(2026, 3, 4), REFERENCE, ["RE-1"])


def faults(content: bytes) -> list[str]:
    is_valid = SCHEMA.validate(etree.fromstring(content))
    return [] if is_valid else str(SCHEMA.error_log).splitlines()


@pytest.mark.parametrize(
    "transfers",
    [
        [transfer(Money(12_050, "EUR"))],
        [transfer(Money(1, "EUR"), bank="COBADEFFXXX"), transfer(Money(99_999_999_999, "EUR"), "Pacific Parts Inc.")],
        [transfer(Money(1_500, "JPY"), account="0012-3456 789"), transfer(Money(12_345, "KWD"), bank="NBOKKWKW")],
        [transfer(Money(700, "CHF"), "Größte & <Söhne> \u2013 Åkerlund AG, vormals " + "lang " * 30)],
    ],
    ids=["one", "two payees", "other currencies", "a long name with odd letters"],
)
@pytest.mark.parametrize(
    "payer", [{}, {"account": "GB29 NWBK 6016 1331 9268 19", "bank": "NWBKGB2L"}], ids=["", "known"]
)
def test_a_payment_file_is_valid_by_the_standards_own_schema(transfers: list[Transfer], payer: dict[str, str]) -> None:
    content = pain001(transfers, message="EIPP-0199d0a0-0000-7000-8000-000000000000", created=NOW,
                      payer="Brightwater Manufacturing Ltd", **payer)  # fmt: skip
    assert faults(content) == []


def test_the_schema_would_name_a_fault() -> None:
    content = pain001([transfer(Money(100, "EUR"))], message="M", created=NOW, payer="Brightwater")
    broken = content.replace(b"<ChrgBr>SLEV</ChrgBr>", b"<ChrgBr>OURS</ChrgBr>")
    assert broken != content and any("ChrgBr" in fault for fault in faults(broken))
    assert NAMESPACE.encode() in content
