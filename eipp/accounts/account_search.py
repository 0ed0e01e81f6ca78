"""Which customer accounts a document's marks point at: one is certain, several are for a human to choose from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from eipp.accounts.account_identifier import ENDPOINT, LEGAL, REFERENCE, VAT, AccountIdentifier, folded_identifier
from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Marks:
    """number: the ERP's account number, which must be known when given; the others are what a document says."""

    number: str | None = None
    endpoint: str | None = None
    endpoint_scheme: str = ""
    vat_id: str | None = None
    legal_id: str | None = None
    legal_scheme: str = ""
    buyer_reference: str | None = None

    def said(self) -> list[tuple[str, str, str]]:
        """The marks that are filled in: kind, folded value, scheme."""
        marks = (
            (ENDPOINT, self.endpoint, self.endpoint_scheme), (VAT, self.vat_id, ""),
            (LEGAL, self.legal_id, self.legal_scheme), (REFERENCE, self.buyer_reference, ""),
        )  # fmt: skip
        return [(kind, folded_identifier(kind, value), scheme) for kind, value, scheme in marks if value]


def find_accounts(supplier: Organisation, **marks: str | None) -> list[CustomerAccount]:
    """The accounts of a supplier that these marks point at (the fields of `Marks`)."""
    return find_all(supplier.pk, [Marks(**marks)])[0]  # type: ignore[arg-type]


def find_all(supplier_id: UUID, wanted: Sequence[Marks]) -> list[list[CustomerAccount]]:
    """For each set of marks the accounts, by number, each with its legal entity: three queries at most.

    Marks that nobody has say nothing; marks that agree narrow the choice; marks that contradict each other leave all
    they point at.
    """
    accounts = CustomerAccount.objects.filter(supplier=supplier_id).select_related("legal_entity")
    numbers = {marks.number for marks in wanted if marks.number}
    known = {row.number: row for row in accounts.filter(number__in=numbers)} if numbers else {}
    marked = _marked(supplier_id, {mark[:2] for marks in wanted for mark in marks.said()})
    chosen = [_chosen(marks, known, marked) for marks in wanted]
    rows = {row.pk: row for row in known.values()}
    missing = set().union(*chosen) - rows.keys()
    rows |= accounts.in_bulk(missing) if missing else {}
    return [sorted((rows[pk] for pk in ids), key=lambda row: row.number) for ids in chosen]


_Marked = dict[tuple[str, str], list[tuple[str, UUID]]]


def _marked(supplier_id: UUID, marks: Iterable[tuple[str, str]]) -> _Marked:
    """For each kind and folded value, the accounts that have it, with the scheme in which they have it."""
    found: _Marked = defaultdict(list)
    values = {value for _, value in marks}
    if values:
        rows = AccountIdentifier.objects.filter(supplier_id=supplier_id, value_folded__in=values)
        for kind, value, scheme, account_id in rows.values_list("kind", "value_folded", "scheme", "account_id"):
            found[kind, value].append((scheme, account_id))
    return found


def _chosen(marks: Marks, known: dict[str, CustomerAccount], marked: _Marked) -> set[UUID]:
    if marks.number and marks.number not in known:
        return set()
    found = [{known[marks.number].pk}] if marks.number else []
    for kind, value, scheme in marks.said():
        found.append({pk for own, pk in marked[kind, value] if not scheme or own in ("", scheme)})
    said = [ids for ids in found if ids]
    return (set.intersection(*said) or set.union(*said)) if said else set()
