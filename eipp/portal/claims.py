"""The buyer's claims: the list, one of them, and the page on which a sheet or some rows are checked, then filed."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from documents import claim_sheet, figures
from documents.claim_sheet import SheetRow
from documents.file import StoredFile
from documents.sheet import Table, xlsx
from eipp.accounts.models import CustomerAccount
from eipp.kernel.money import total
from eipp.kernel.refusal import Refusal
from eipp.web.claims import ClaimList, ClaimView
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from eipp.web.sent_files import sent_files
from workflows.claim import file_claim
from workflows.claim_check import CheckedRow, check, groups_of
from workflows.dispute import REASONS

TYPED_ROWS = 5
_FIELDS = ("invoice", "line", "quantity", "amount", "reason", "comment")


class ClaimsPage(ClaimList):
    side = "buyer"
    face = "portal"


class ClaimPage(ClaimView):
    """What became of each row."""

    side = "buyer"
    face = "portal"


class ClaimTemplatePage(Page):
    """An empty claim sheet, its second sheet naming the reasons."""

    side = "buyer"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        content = xlsx(
            Table(head=claim_sheet.HEAD, rows=(), title="Claim", widths=(18, 8, 10, 12, 24, 48)),
            Table(head=("Reason",), rows=[(word,) for word in REASONS.values()], title="Reasons", widths=(40,)),
        )
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        named = {"Content-Disposition": 'attachment; filename="claim.xlsx"'}
        return HttpResponse(content, content_type=kind, headers=named)


class NewClaimPage(Page):
    """Rows from a sheet or typed; looked at before anything is filed; then those that are chosen, in one step."""

    side = "buyer"
    template = "portal/new_claim.html"
    makes: ClassVar[Mapping[str, str]] = {"upload": "upload", "fill_in": "fill_in", "file": "file"}

    @cached_property
    def accounts(self) -> Sequence[CustomerAccount]:
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier")
        return list(rows.order_by("supplier__name", "depth", "number")[:500])

    @cached_property
    def account(self) -> CustomerAccount:
        chosen = self.typed("account")
        for account in self.accounts:
            if str(account.pk) == chosen:
                return account
        raise Refusal("no_account", _("Choose the account that the claim is about."), status=422, field="account")

    def upload(self) -> HttpResponse:
        """Read the sheet and show what its rows come to."""
        account, files = self.account, sent_files(self.request, purpose="claim")
        if len(files) != 1:
            raise Refusal("nothing_sent", _("Choose one claim sheet (CSV or XLSX)."), status=422, field="files")
        return self._previewed(account, claim_sheet.read(self._clean(files[0]).read()), files[0])

    def fill_in(self) -> HttpResponse:
        """Show what the typed rows come to."""
        rows = [row for number in range(1, TYPED_ROWS + 1) if (row := self._typed_row(number))]
        if not rows:
            raise Refusal("no_rows", _("Fill in at least one row."), status=422, field="row-1-invoice")
        return self._previewed(self.account, rows)

    def file(self) -> HttpResponse:
        """File the rows that were chosen: all of them, or none."""
        chosen = set(self.request.POST.getlist("row"))
        rows = [row for row in self._shown_rows() if str(row.row) in chosen]
        try:
            claim = file_claim(
                self.request.actor, self.account, rows, comment=self.typed("comment"), file=self._shown_file(),
                attempt=_uuid(self.typed("attempt")),
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.code not in ("rows_refused", "no_rows"):
                raise
            return self._previewed(self.account, self._shown_rows(), self._shown_file(), refusal=refusal)
        return HttpResponseRedirect(reverse("portal:claim", args=[claim.pk]))

    def context(self) -> dict[str, Any]:
        asked = self.request.POST.get("account") or self.request.GET.get("account", "")
        posted = self.request.POST
        return {
            "accounts": self.accounts, "may_file": self.request.actor.may("dispute.open"), "reasons": REASONS.items(),
            "chosen": asked or (str(self.accounts[0].pk) if len(self.accounts) == 1 else ""),
            "attempt": posted.get("attempt") or uuid4(),
            "typed_rows": [
                (number, {name: posted.get(f"row-{number}-{name}", "") for name in _FIELDS})
                for number in range(1, TYPED_ROWS + 1)
            ],
            "crumbs": (
                Crumb(_("Disputes"), reverse("portal:disputes")), Crumb(_("Claims"), reverse("portal:claims")),
                Crumb(_("New")),
            ),
        }  # fmt: skip

    def _previewed(
        self, account: CustomerAccount, rows: Sequence[SheetRow], file: StoredFile | None = None, **more: Any
    ) -> HttpResponse:
        checked = check(self.request.actor, account, rows)
        right = [row for row in checked if not row.fault]
        return self.shown(
            status=more["refusal"].status if more else 200, account=account, checked=checked, file=file,
            right=right, faulty=len(checked) - len(right), disputes=len(groups_of(right)), carried=_carried(rows),
            worth=total([row.amount for row in right if row.amount], account.currency),
            unticked=self._unticked(checked), **more,
        )  # fmt: skip

    def _unticked(self, checked: Sequence[CheckedRow]) -> set[int]:
        """The rows that were there to be chosen before and were not."""
        if self.request.POST.get("move") != "file":
            return set()
        chosen = set(self.request.POST.getlist("row"))
        return {row.sheet.row for row in checked if str(row.sheet.row) not in chosen}

    def _typed_row(self, number: int) -> SheetRow | None:
        said = {name: self.typed(f"row-{number}-{name}") for name in _FIELDS}
        if not any(said[name] for name in ("invoice", "quantity", "amount", "comment")):
            return None
        fault, numbers = "", {}
        for name in ("quantity", "amount"):
            numbers[name] = figures.amount(said[name], ".") if said[name] else None
            if said[name] and numbers[name] is None:
                fault = _("The figure “%(text)s” is not one; write it as 1234.00.") % {"text": said[name][:30]}
        return SheetRow(
            row=number, invoice=said["invoice"][:100], line=said["line"][:100], reason=said["reason"][:100],
            comment=said["comment"][:1000], quantity=numbers["quantity"], amount=numbers["amount"], fault=fault,
        )  # fmt: skip

    def _shown_rows(self) -> list[SheetRow]:
        """The rows that the preview carried; whatever they say now is checked anew."""
        try:
            rows = msgspec.json.decode(self.request.POST.get("carried", "[]"), type=list[SheetRow])
        except (msgspec.MsgspecError, ValueError):
            raise Refusal("form_outdated", _("The form is out of date: begin again."), status=422) from None
        return [msgspec.structs.replace(row, **_tidied(row)) for row in rows]

    def _shown_file(self) -> StoredFile | None:
        key = _uuid(self.typed("file"))
        if key is None:
            return None
        found = StoredFile.objects.visible_to(self.request.actor).filter(pk=key, purpose="claim").first()
        return self._clean(found) if found else None

    def _clean(self, file: StoredFile) -> StoredFile:
        if file.verdict == StoredFile.Verdict.PENDING:
            raise Refusal("file_unchecked", _("“%(name)s” is still being checked; try again in a moment.")
                          % {"name": file.name}, status=409, field="files")  # fmt: skip
        if not file.is_clean:
            raise Refusal("file_refused", f"“{file.name}”: {file.reason}", status=422, field="files")
        return file


def _carried(rows: Sequence[SheetRow]) -> str:
    return msgspec.json.encode(rows).decode()


def _tidied(row: SheetRow) -> dict[str, str]:
    return {name: figures.tidy(getattr(row, name), longest) for name, longest in
            (("invoice", 100), ("line", 100), ("reason", 100), ("comment", 1000), ("fault", 300))}  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
