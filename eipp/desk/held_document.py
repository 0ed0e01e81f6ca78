"""What a document says that is not in the ledger yet, as it was written: parties, facts, lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents.einvoice.explanation import explained, is_official_text
from documents.einvoice.parts import Figure
from eipp.desk.worklist import stated_amount
from eipp.web.paper import Fact, Party
from eipp.web.tags.values import number_text
from workflows.marks import unknown_marks
from workflows.presentment import Presentment

MOST_LINES = 200
_MARKS = {
    "endpoint": words("electronic address"), "legal": words("registration number"), "vat": words("VAT number"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedLine:
    """A line as its sender wrote it; figures that are none stay as they are."""

    number: str
    what: str
    quantity: str
    price: str
    net: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document waits: plain: for everybody; exact: with the figures; official: the rule's own words."""

    plain: str
    exact: str
    rule: str
    official: str
    where: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A mark that the chosen account may be known by from now on."""

    kind: str
    word: str
    value: str


def parties_of(row: Presentment) -> tuple[Party, Party]:
    return _party(_("From"), row.document.get("seller") or {}), _party(_("To"), row.document.get("buyer") or {})


def facts_of(row: Presentment) -> list[Fact]:
    """What stands in the head and at the foot; only what is said."""
    said, facts = row.document, []
    for word, name in ((_("Issued"), "issue_date"), (_("Due"), "due_date"), (_("Order"), "order_reference"),
                       (_("Buyer's reference"), "buyer_reference"), (_("Currency"), "currency")):  # fmt: skip
        facts.append(Fact(word, _day(said.get(name)) if name.endswith("_date") else said.get(name)))
    for word, name in ((_("Without tax"), "total_without_tax"), (_("With tax"), "total_with_tax"),
                       (_("To pay"), "payable")):  # fmt: skip
        facts.append(Fact(word, stated_amount({**said, "payable": said.get(name)}) or said.get(name)))
    return [fact for fact in facts if fact.value]


def lines_of(row: Presentment) -> list[StatedLine]:
    return [_line(line, str(position)) for position, line in enumerate(row.document.get("lines", [])[:MOST_LINES], 1)]


def reasons_of(row: Presentment) -> list[Reason]:
    """Each fault in plain words, with our own figures where we have them and the official text behind."""
    return [_reason(fault) for fault in row.faults]


def remembered_of(row: Presentment) -> list[Remembered]:
    """By what the chosen account could be recognised from now on: the document's marks that nobody has yet."""
    return [
        Remembered(mark.kind, str(_MARKS[mark.kind]), f"{mark.value} ({mark.scheme})" if mark.scheme else mark.value)
        for mark in unknown_marks(row.read(), row.supplier)
    ]


def _reason(fault: Mapping[str, Any]) -> Reason:
    rule, message = fault["rule"], fault["message"]
    official = is_official_text(rule, message)
    line = _("line %(n)s") % {"n": fault["line"]} if fault.get("line") else ""
    where = ", ".join(filter(None, (fault.get("path", ""), line)))
    return Reason(explained(rule), "" if official else message, rule, message if official else "", where)


def _line(said: Mapping[str, Any], position: str) -> StatedLine:
    return StatedLine(
        said.get("id") or position, said.get("name") or said.get("description") or "", _figure(said.get("quantity")),
        _figure(said.get("price")), _figure(said.get("net")),
    )  # fmt: skip


def _party(role: str, said: Mapping[str, Any]) -> Party:
    address = said.get("address") or {}
    town = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    lines = (address.get("line1"), address.get("line2"), address.get("line3"), town, address.get("country"))
    marks = (
        (_("VAT"), said.get("vat_id")),
        (_("Registered"), said.get("legal_id")),
        (_("Address"), said.get("endpoint")),
    )
    return Party(
        role, said.get("name") or said.get("trading_name") or _("not named"), tuple(line for line in lines if line),
        tuple(f"{word} {value}" for word, value in marks if value),
    )  # fmt: skip


def _day(said: str | None) -> date | str | None:
    """A day as one; what is none stays as it was written."""
    try:
        return date.fromisoformat((said or "")[:10])
    except ValueError:
        return said


def _figure(said: str | None) -> str:
    value = Figure(said or "").value
    return number_text(value) if value is not None else said or ""
