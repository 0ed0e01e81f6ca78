"""Bank order: whether a statement adds up, and whether it follows what the bank said about the account before."""

from collections.abc import Iterator

from django.db.models import QuerySet

from documents.written import day_text
from eipp.kernel.money import Money
from workflows.bank_statement import BankStatement

Fault = dict[str, str]


def faults_of(row: BankStatement, currency: str) -> list[Fault]:
    """Everything that holds it, each as a sentence that says what to do. currency: of the verified account."""
    if row.legal_entity is None:
        return [_unknown_account(row)]
    found = []
    if currency and row.currency and row.currency != currency:
        sentence = f"The verified account is kept in {currency}, the statement in {row.currency}."
        found.append(_fault("unknown_account", sentence))
    if row.missing:
        found.append(_does_not_add_up(row, row.missing))
    return found + list(_order(row))


def _unknown_account(row: BankStatement) -> Fault:
    if not row.stated_account:
        return _fault("unknown_account", "The file does not say of which account it is: choose it when you load it.")
    return _fault(
        "unknown_account",
        f"Account {row.stated_account} is not among your verified bank accounts. Once it is verified, check again.",
    )


def _does_not_add_up(row: BankStatement, missing: Money) -> Fault:
    assert row.opening is not None and row.closing is not None
    given = row.opening + row.came + row.went
    return _fault(
        "does_not_add_up",
        f"Opening {row.opening} and its entries give {given}, but it closes with {row.closing}: "
        f"{_unsigned(missing)} {'is missing' if missing.minor > 0 else 'is too much'}. Load the bank's corrected one.",
    )


def _order(row: BankStatement) -> Iterator[Fault]:
    """Only statements with balances have an order: notifications come as they like."""
    if row.opening_minor is None or row.closing_minor is None:
        return
    if twin := _same_number(row):
        yield _fault("number_taken", f"Statement {row.sequence} of this account came before, with other entries, on "
                                     f"{day_text(twin.received_at.date())}.")  # fmt: skip
        return
    earlier, later = _neighbours(row)
    if earlier and earlier.closing_minor != row.opening_minor:
        yield _fault("does_not_follow", f"It opens with {row.opening}, but statement {earlier} closed with "
                                        f"{earlier.closing}: one in between is missing.")  # fmt: skip
    if earlier and _gap(earlier, row):
        yield _fault("out_of_order", f"Statement {row.sequence} follows {earlier.sequence}: send what lies between.")
    if later and later.opening_minor != row.closing_minor:
        yield _fault("out_of_order", f"Statement {later} up to {_day(later)} is in already; this one ends before it on "
                                     f"{_day(row)} and does not lead to it.")  # fmt: skip


def _same_number(row: BankStatement) -> BankStatement | None:
    """Banks begin to count anew each year, so the same number long ago is another statement."""
    if row.sequence is None or row.ends_on is None:
        return None
    same = _counting(row).filter(sequence=row.sequence, ends_on__year=row.ends_on.year)
    found: BankStatement | None = same.first()
    return found


def _neighbours(row: BankStatement) -> tuple[BankStatement | None, BankStatement | None]:
    """What counts of the same account just before and just after it."""
    others = list(_counting(row).exclude(ends_on=None).order_by("ends_on", "sequence", "received_at")) if (
        row.ends_on) else []  # fmt: skip
    before = [other for other in others if _place(other) <= _place(row)]
    after = [other for other in others if _place(other) > _place(row)]
    return (before[-1] if before else None), (after[0] if after else None)


def _counting(row: BankStatement) -> QuerySet[BankStatement]:
    rows = BankStatement.objects.filter(
        supplier=row.supplier_id, bank_account=row.bank_account, currency=row.currency, set_aside_at=None,
        opening_minor__isnull=False, closing_minor__isnull=False,
    ).exclude(pk=row.pk)  # fmt: skip
    held = BankStatement.objects.held().values("pk")
    found: QuerySet[BankStatement] = rows.exclude(pk__in=held)
    return found


def _place(row: BankStatement) -> tuple[object, int]:
    return row.ends_on, row.sequence or 0


def _gap(earlier: BankStatement, row: BankStatement) -> bool:
    if earlier.sequence is None or row.sequence is None or row.sequence == 1:
        return False
    return row.sequence != earlier.sequence + 1


def _unsigned(amount: Money) -> Money:
    return Money(abs(amount.minor), amount.currency)


def _day(row: BankStatement) -> str:
    return day_text(row.ends_on) if row.ends_on else "?"


def _fault(code: str, message: str) -> Fault:
    return {"code": code, "message": message}
