"""The credit note as PDF/A: what the supplier gave back, for which invoice and why."""

from django.utils.translation import gettext as _

from documents import pdf as typeset
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.document_paper import paper_of
from eipp.ledger.letterhead import language_of


def pdf(note: CreditNote) -> bytes:
    """The credit note as it stands in the ledger, the same bytes each time."""
    with language_of(note.supplier):
        facts = [(_("For invoice"), note.corrects.number)] if note.corrects else []
        reason = _("Reason: %(reason)s") % {"reason": note.reason} if note.reason else ""
        return typeset.of(paper_of(note, kind=_("Credit note"), facts=facts, notes=[reason]))


def name(note: CreditNote) -> str:
    """The file's name."""
    return f"{_('Credit note')} {note.number}.pdf"
