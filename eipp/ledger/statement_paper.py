"""A statement as a paper and as a table."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from documents import pdf as typeset
from documents.link_code import of_address
from documents.paper import Column, HowToPay, Paper, Row, Section, Sum, SwissSlip
from documents.sheet import Cell, Table
from documents.written import amount_text, day_text
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.letterhead import language_of, letterhead, sides
from eipp.ledger.statement import BALANCE_FORWARD, Statement
from eipp.ledger.statement import Section as Stated
from eipp.ledger.statement_seal import SealedStatement, seal
from eipp.ledger.swiss_payment import slip_of_account

#: The rows that one PDF takes; a longer statement is had as CSV or XLSX.
MOST_ROWS = 5_000


def pdf(actor: Actor, statement: Statement) -> bytes:
    """The statement as PDF/A with its seal, the same bytes each time.

    Raises Refusal (422, `too_long`) past `MOST_ROWS` rows.
    """
    if statement.count > MOST_ROWS:
        raise Refusal(
            "too_long", f"This statement has {statement.count:,} rows, and a PDF takes {MOST_ROWS:,}: choose a shorter "
            "period, or take it as CSV or XLSX.", status=422,
        )  # fmt: skip
    account = statement.account
    statement, sealed = seal(actor, statement)
    with language_of(account.supplier):
        facts = [(_("Account"), account.number), (_("Kind"), kind_text(statement))]
        if statement.known:
            facts.append((_("As known on"), day_text(statement.known)))
        paper = Paper(
            kind=_("Statement of account"), number=span_text(statement), issuer=account.legal_entity.name,
            date=statement.last, parties=sides(account.legal_entity, account), facts=facts,
            sections=[_section(statement, section) for section in statement.sections],
            notes=[_closing_words(statement)], payment=_proof(sealed), slip=_slip(statement),
            **letterhead(account.supplier, account.legal_entity),
        )  # fmt: skip
        return typeset.of(paper)


def _slip(statement: Statement) -> SwissSlip | None:
    """Of what was open on a day, in francs or else in euros, a slip for payees in Switzerland."""
    owed = {section.currency for section in statement.sections if section.closing.minor > 0}
    if statement.first is not None or statement.known:
        return None
    text = f"{_('Statement of account')} {statement.account.number}, {span_text(statement)}"
    made = (slip_of_account(statement.account, each, text=text) for each in ("CHF", "EUR") if each in owed)
    return next(filter(None, made), None)


def _proof(sealed: SealedStatement) -> HowToPay:
    """Where whoever holds the paper sees whether it is genuine."""
    place = settings.BASE_URL + reverse("web:genuine-ask")
    facts = [(_("Code"), sealed.printed), (_("Check it at"), place), ("SHA-256", sealed.digest)]
    return HowToPay(_("Is this statement genuine?"), facts, of_address(sealed.url))


def table(statement: Statement) -> Table:
    """One row for each movement or open item, with the balance after it; opening and closing are rows as well."""
    head = [
        _("Account"), _("Currency"), _("Date"), _("What"), _("Number"), _("Document date"), _("Due"), _("Amount"),
        _("Open") if statement.first is None else _("Balance"),
    ]  # fmt: skip
    return Table(head, list(_rows(statement)), title=_("Statement"))


def name(statement: Statement, ending: str) -> str:
    """The file's name: account and span."""
    span = f"{statement.first} {statement.last}" if statement.first else f"{statement.last}"
    span += f" {_('known')} {statement.known}" if statement.known else ""
    return f"{_('Statement')} {statement.account.number} {span}.{ending}"


def kind_text(statement: Statement) -> str:
    return _("Movements and balance") if statement.kind == BALANCE_FORWARD else _("Open items")


def span_text(statement: Statement) -> str:
    """The day or the period, in words."""
    if statement.first is None:
        return day_text(statement.last)
    return _("%(first)s to %(last)s") % {"first": day_text(statement.first), "last": day_text(statement.last)}


def _closing_words(statement: Statement) -> str:
    if statement.first is None:
        return _("What was open at the end of the day; credit and payments that are not used yet are taken off.")
    return _("By posting date. Amounts with a minus lower what is owed: payments and credit notes.")


def _section(statement: Statement, section: Stated) -> Section:
    title = _("In %(currency)s") % {"currency": section.currency}
    words = {"carried": _("Carried over"), "brought": _("Brought forward"), "title": title}
    return _items(section, words) if statement.first is None else _movements(statement, section, words)


def _items(section: Stated, words: dict[str, str]) -> Section:
    running, rows = Money.zero(section.currency), []
    for item in section.items:
        running += item.open
        what = _("%(what)s, past due") % {"what": item.what} if item.is_past_due else item.what
        cells = (
            what, item.reference, day_text(item.issued), _day(item.due), amount_text(item.amount),
            amount_text(item.open),
        )  # fmt: skip
        rows.append(Row(cells, running=amount_text(running)))
    columns = (
        Column(_("What")), Column(_("Number"), wide=True), Column(_("Issued")), Column(_("Due")),
        Column(_("Amount"), end=True), Column(_("Open"), end=True),
    )  # fmt: skip
    sums = [Sum(_("Of which past due"), amount_text(section.past_due))] if section.past_due else []
    sums.append(Sum(_("Open in %(currency)s") % {"currency": section.currency}, amount_text(section.closing), True))
    return Section(columns, rows, sums=sums, before=_nothing(rows, _("Nothing was open.")), **words)


def _movements(statement: Statement, section: Stated, words: dict[str, str]) -> Section:
    running, rows = section.opening, []
    for row in section.movements:
        running += row.amount
        cells = (day_text(row.day), row.what, row.reference, amount_text(row.amount), amount_text(running))
        rows.append(Row(cells, running=amount_text(running)))
    columns = (
        Column(_("Date")), Column(_("What")), Column(_("Number"), wide=True), Column(_("Amount"), end=True),
        Column(_("Balance"), end=True),
    )  # fmt: skip
    assert statement.first is not None
    sums = (
        Sum(_("Balance before %(day)s") % {"day": day_text(statement.first)}, amount_text(section.opening)),
        Sum(_("Charged"), amount_text(section.charged)), Sum(_("Paid and credited"), amount_text(section.credited)),
        Sum(_("Balance on %(day)s in %(currency)s") % {"day": day_text(statement.last), "currency": section.currency},
            amount_text(section.closing), True),
    )  # fmt: skip
    return Section(columns, rows, sums=sums, before=_nothing(rows, _("Nothing moved in this period.")), **words)


def _nothing(rows: list[Row], sentence: str) -> list[str]:
    return [] if rows else [sentence]


def _day(day: date | None) -> str:
    return day_text(day) if day else ""


def _rows(statement: Statement) -> Iterator[list[Cell]]:
    for section in statement.sections:
        begin: list[Any] = [statement.account.number, section.currency]
        if statement.first is None:
            for item in section.items:
                yield [*begin, statement.last, item.what, item.reference, item.issued, item.due, item.amount, item.open]
            yield [*begin, statement.last, _("Open"), "", None, None, None, section.closing]
            continue
        running = section.opening
        yield [*begin, statement.first, _("Balance before"), "", None, None, None, running]
        for row in section.movements:
            running += row.amount
            due = getattr(row.document, "due_date", None) if row.kind in ("invoice", "finance_charge") else None
            yield [*begin, row.day, row.what, row.reference, row.document_date, due, row.amount, running]
        yield [*begin, statement.last, _("Balance after"), "", None, None, None, section.closing]
