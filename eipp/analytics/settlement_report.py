"""The settlement report: what each payment provider's books say day by day, held against ours to the cent."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from documents.written import amount_text, day_text
from eipp.analytics.asked import Asked
from eipp.analytics.report import MOST_ROWS, Block, Cell, Column, Report, Rows
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from workflows import settlement_payout
from workflows.payment import METHODS, Payment
from workflows.settlement import REASONS, Difference, Sums, by_day, differences, lines_of
from workflows.settlement_line import KINDS
from workflows.settlement_payout import SettlementPayout


def report(actor: Actor, asked: Asked) -> Report:
    """One table for each currency, and one of all that is not the same on both sides."""
    sums = [row for row in by_day(actor, first=asked.first, last=asked.last)
            if asked.currency in ("", row.currency)]  # fmt: skip
    unlike = differences(actor, first=asked.first, last=asked.last)
    currencies = sorted({row.currency for row in sums})
    blocks = [_block(currency, [row for row in sums if row.currency == currency]) for currency in currencies]
    sent = [row for row in settlement_payout.of_days(actor, first=asked.first, last=asked.last)
            if asked.currency in ("", row.currency)]  # fmt: skip
    blocks += [_payouts(currency, [row for row in sums if row.currency == currency],
                        [row for row in sent if row.currency == currency])
               for currency in sorted({row.currency for row in sent})]  # fmt: skip
    return Report(
        _("Settlement"),
        _("%(first)s to %(last)s") % {"first": day_text(asked.first), "last": day_text(asked.last)},
        [*blocks, *([_named(unlike)] if unlike else [])],
        [
            _("The provider's columns are its own books, by its days (UTC), before fees. Ours is what our books gained "
              "by its payments on the same days. Providers that list no books, and bank transfers, are left out."),
            _("A payout is found on the bank statement by its reference and amount; the bank books it up to ten days "
              "later. What is still with the provider was charged in the period and is paid out after it, or the other "
              "way round."),
            _("What was booked on another day is no fault: over both days the sums are the same. What is not "
              "listed yet came after the provider was asked last, which is every ten minutes."),
        ],
    )  # fmt: skip


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """The provider's lines of one figure: narrowed to `kind`, `gateway`, `method`, `currency` and `day`."""
    narrow = {name: which[name] for name in ("kind", "gateway", "method", "currency") if which.get(name)}
    if which.get("day"):
        narrow["on"] = which["day"]
    if which.get("kind", "charge") not in KINDS:
        raise KeyError(which["kind"])
    found = lines_of(actor, first=asked.first, last=asked.last, **narrow)
    lines = list(found[:MOST_ROWS])
    payments = Payment.objects.visible_to(actor).in_bulk({row.payment_id for row in lines if row.payment_id})
    columns = (
        Column(_("Payment"), lead=True), Column(_("Day"), "date"), Column(_("What")), Column(_("Provider's reference")),
        Column(_("Amount"), "money"),
    )  # fmt: skip
    told = []
    for row in lines:
        payment = payments.get(row.payment_id)
        name = Cell(payment.number, opens=("payment", str(payment.pk))) if payment else Cell(_("None of ours"))
        told.append([name, Cell(row.on), Cell(KINDS[row.kind]), Cell(row.gateway_reference), Cell(row.amount)])
    currency = which.get("currency") or asked.currency
    sum_ = total((row.amount for row in lines), currency) if currency else None
    return Rows(_("The provider's lines"), columns, told, sum_, found.count())


def _block(currency: str, sums: Sequence[Sums]) -> Block:
    columns = (
        Column(_("Day"), "date", lead=True), Column(_("Provider")), Column(_("Method")),
        *(Column(label, "money") for label in KINDS.values()),
        Column(_("Together"), "money"), Column(_("In our books"), "money"), Column(_("Difference"), "money"),
        Column(_("Provider's fees"), "money"),
    )  # fmt: skip
    lines = []
    for row in sums:
        asked = {"currency": currency, "gateway": row.gateway, "method": row.method, "day": row.day.isoformat()}
        head = [Cell(row.day), Cell(row.gateway.replace("_", " ").capitalize()), Cell(_method(row.method))]
        lines.append([*head, *_figures(currency, row.theirs, row.ours, asked), Cell(Money(row.fees, currency))])
    theirs = {kind: sum(row.theirs.get(kind, 0) for row in sums) for kind in KINDS}
    ours = sum(row.ours for row in sums)
    whole = [Cell(_("All")), Cell(None), Cell(None), *_figures(currency, theirs, ours, {"currency": currency}),
             Cell(Money(sum(row.fees for row in sums), currency))]  # fmt: skip
    return Block(_("In %(currency)s") % {"currency": currency}, columns, lines, whole)


def _payouts(currency: str, sums: Sequence[Sums], sent: Sequence[SettlementPayout]) -> Block:
    """What went on to the bank, held against its statements; the foot says what stays with the providers."""
    columns = (
        Column(_("Day"), "date", lead=True), Column(_("Provider")), Column(_("Payout")), Column(_("Sent"), "money"),
        Column(_("Booked"), "date"), Column(_("On the bank statement"), "money"), Column(_("Difference"), "money"),
    )  # fmt: skip
    lines, zero = [], Money.zero(currency)
    for row in sent:
        came = row.entry.amount if row.entry else zero
        booked = row.entry.booked_on if row.entry else None
        name = row.gateway.replace("_", " ").capitalize()
        lines.append([Cell(row.on), Cell(name), Cell(row.reference), Cell(row.amount), Cell(booked), Cell(came),
                      Cell(row.amount - came)])  # fmt: skip
    went = total((row.amount for row in sent), currency)
    came = total((row.entry.amount for row in sent if row.entry), currency)
    whole = [Cell(_("All")), Cell(None), Cell(None), Cell(went), Cell(None), Cell(came), Cell(went - came)]
    left = Money(sum(row.net - row.fees for row in sums), currency) - went
    title = _("Paid out to the bank in %(currency)s; %(left)s of the period is still with the provider")
    return Block(title % {"currency": currency, "left": amount_text(left)}, columns, lines, whole)


def _figures(currency: str, theirs: Mapping[str, int], ours: int, asked: dict[str, str]) -> list[Cell]:
    kinds = [Cell(Money(theirs.get(kind, 0), currency), asked | {"kind": kind} if theirs.get(kind) else {})
             for kind in KINDS]  # fmt: skip
    net = sum(theirs.values())
    return [*kinds, Cell(Money(net, currency), asked if net else {}), Cell(Money(ours, currency)),
            Cell(Money(net - ours, currency))]  # fmt: skip


def _named(unlike: Sequence[Difference]) -> Block:
    columns = (
        Column(_("Payment"), lead=True), Column(_("Why")), Column(_("Provider"), "money"),
        Column(_("In our books"), "money"),
    )  # fmt: skip
    lines = [
        [
            Cell(one.payment.number, opens=("payment", str(one.payment.pk))) if one.payment else Cell(one.reference),
            Cell(REASONS[one.reason]), Cell(one.theirs), Cell(one.ours),
        ]
        for one in unlike[:MOST_ROWS]
    ]  # fmt: skip
    return Block(_("What is not the same on both sides"), columns, lines)


def _method(method: str) -> str:
    return METHODS.get(method, method) or _("Unknown")
