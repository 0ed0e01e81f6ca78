"""Papers: an invoice of the ledger as the paper on the screen (`eipp.web.paper`), line by line and sum by sum."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from eipp.ledger import document_facts as said
from eipp.ledger.document import DocumentLine
from eipp.ledger.models import CreditNote, Invoice
from eipp.web.paper import Fact, Line, LineNote, Paper, Party, Stretch
from eipp.web.pieces import Attachment, Move


def paper_of(
    invoice: Invoice | CreditNote,
    *,
    kind: str = "",
    files: Sequence[Attachment] = (),
    notes: Mapping[UUID, Sequence[LineNote]] | None = None,
    moves: Mapping[UUID, Sequence[Move]] | None = None,
    lines: Sequence[DocumentLine] | None = None,
    stretch: Stretch | None = None,
) -> Paper:
    """An invoice, or another document of that kind, as it was issued: 3 queries. notes, moves: by line id, what is said
    and can be done about it; lines: those of a `stretch`, all where None."""
    parts: dict[UUID | None, list[Any]] = defaultdict(list)
    for part in invoice.allowances_charges.all():
        parts[part.line_id].append(part)
    notes, moves = notes or {}, moves or {}
    return Paper(
        kind=kind or said.kind(invoice), number=invoice.number,
        issuer=invoice.seller.get("name") or invoice.supplier.name,
        currency=invoice.currency,
        parties=tuple(Party(side.role, side.name, side.address, side.marks) for side in said.sides(invoice)),
        facts=tuple(Fact(label, value) for label, value in said.facts(invoice)),
        lines=tuple(
            _line(line, parts[line.pk], notes.get(line.pk, ()), moves.get(line.pk, ()))
            for line in (invoice.lines.all() if lines is None else lines)
        ),
        sums=tuple(
            Fact(sum.label, sum.amount, total=sum.total)
            for sum in said.sums(invoice, parts[None])
        ),
        note=invoice.note, files=tuple(files), stretch=stretch,
    )  # fmt: skip


def _line(line: DocumentLine, parts: Iterable[Any], notes: Sequence[LineNote], moves: Sequence[Move]) -> Line:
    return Line(
        key=f"line-{line.pk}", number=line.line_number, what=line.item_name, quantity=said.quantity(line),
        price=said.price(line), tax=said.rate(line.tax_rate), amount=line.net, detail=said.detail(line, parts),
        notes=tuple(notes), moves=tuple(moves),
    )  # fmt: skip
