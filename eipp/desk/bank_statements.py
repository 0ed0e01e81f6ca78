"""Bank statements: load one, see how each stands, and mend what holds it back."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words
from django.utils.translation import ngettext

from documents.bank.reading import Hints
from documents.models import StoredFile
from eipp.accounts.models import LegalEntity
from eipp.desk.cash_words import OUTCOME_WORDS, STANDING_WORDS, because, notation_words
from eipp.kernel.refusal import Refusal
from eipp.web.pages import ListPage
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb
from eipp.web.remittances import payment_tabs
from eipp.web.sent_files import sent_files
from eipp.web.timelines import attachments, timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows import bank_intake
from workflows.bank_statement import BankEntry, BankStatement

CHIPS: dict[str, Any] = {"": words("All"), "held": words("Held back")}
ACCEPT = ".xml,.txt,.csv,.sta,.mta,.940,.bai,.bai2,.c53,.c54"


class BankStatementsPage(ListPage):
    """The newest first, and the form that loads one."""

    side = "supplier"
    template = "desk/bank_statements.html"
    makes: ClassVar[Mapping[str, str]] = {"load": "load"}
    orders: ClassVar[Mapping[str, str]] = {"-received": "-received_at", "received": "received_at"}

    def load(self) -> str | HttpResponse:
        """Every file that was sent; of one with one statement, that statement is shown."""
        actor = self.request.actor
        files = sent_files(self.request, purpose="bank_statement")
        if not files:
            raise Refusal("file_missing", _("Choose the bank’s file."), status=422, field="files")
        taken = [each for file in files for each in bank_intake.receive(actor, file, hints=self._hints())]
        if len(taken) == 1 and taken[0].outcome == "created":
            return HttpResponseRedirect(reverse("desk:bank-statement", args=[taken[0].statement.pk]))
        again = sum(each.outcome == "repeated" for each in taken)
        new = len(taken) - again
        told = [ngettext("%(count)d statement is loaded.", "%(count)d statements are loaded.", new) % {"count": new}]
        if again:
            told += [ngettext("%(count)d was here already: nothing changed.",
                              "%(count)d were here already: nothing changed.", again) % {"count": again}]  # fmt: skip
        return " ".join(told if new else told[1:])

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = BankStatement.objects.visible_to(actor).select_related("legal_entity")
        if self.asked("status", among=CHIPS) == "held":
            rows = rows.held()
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, notation_words(row), *STANDING_WORDS[row.standing]) for row in found["rows"]],
            "chips": CHIPS.items(), "tabs": payment_tabs("desk", "bank-statements"), "accept": ACCEPT,
            "may_load": actor.may("cash.apply"), "own_accounts": self._own_accounts(),
            "chosen": self.request.POST.get("account", ""), "example_world": settings.EXAMPLE_WORLD,
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _own_accounts(self) -> list[tuple[str, str]]:
        """The verified bank accounts: what is posted, and how it is called."""
        entities = LegalEntity.objects.visible_to(self.request.actor).order_by("name")
        known = [(one.get("iban") or one.get("number") or "", one.get("currency") or "", entity.name)
                 for entity in entities for one in entity.bank_accounts]  # fmt: skip
        return [(f"{number} {currency}".strip(), ", ".join(filter(None, (number, name, currency))))
                for number, currency, name in known]  # fmt: skip

    def _hints(self) -> Hints:
        account, _blank, currency = self.typed("account").partition(" ")
        return Hints(account=account[:60], currency=currency[:3].upper())


class BankStatementPage(ListPage):
    """One statement: what it says, why it is held, where each of its movements went."""

    side = "supplier"
    template = "desk/bank_statement.html"
    item: ClassVar[str] = "desk/item_bank_statement.html"
    makes: ClassVar[Mapping[str, str]] = {"accept": "accept", "set_aside": "set_aside", "check_again": "check_again"}
    orders: ClassVar[Mapping[str, str]] = {"position": "position"}

    @property
    def matter(self) -> BankStatement:
        return self.statement

    @cached_property
    def statement(self) -> BankStatement:
        rows = BankStatement.objects.visible_to(self.request.actor).select_related("legal_entity", "supplier")
        found: BankStatement = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.statement)

    def accept(self) -> str:
        bank_intake.accept(self.request.actor, self.statement, reason=self.typed("reason"))
        return _("The statement is taken in; its entries are applied within seconds.")

    def set_aside(self) -> str:
        bank_intake.set_aside(self.request.actor, self.statement, reason=self.typed("reason"))
        return _("The statement is set aside: it counts for nothing.")

    def check_again(self) -> str:
        row = bank_intake.check_again(self.request.actor, self.statement)
        return _("It is still held back.") if row.standing == "held" else _("Nothing is wrong any more: it is applied.")

    def context(self) -> dict[str, Any]:
        row, actor = self.statement, self.request.actor
        entries = BankEntry.objects.visible_to(actor).filter(statement=row)
        found = self.page_of(entries.select_related("account", "receipt"), limit=100)
        word, meaning = STANDING_WORDS[row.standing]
        may = actor.may("cash.apply")
        return {
            **found, "statement": row, "word": word, "meaning": meaning, "facts": self._facts(),
            "lines": [(entry, because(entry), self._url(entry), *OUTCOME_WORDS[entry.outcome])
                      for entry in found["rows"]],
            "may_mend": may and row.standing == "held", "is_acceptable": row.is_acceptable,
            "files": self._original(), "entries": timeline(actor, row),
            "crumbs": (Crumb(_("Payments"), reverse("desk:payments")),
                       Crumb(_("Bank statements"), reverse("desk:bank-statements")), Crumb(str(row))),
            "live_topics": (topic("bank_statement", row.pk),),
        }  # fmt: skip

    def _url(self, entry: BankEntry) -> str:
        """Where the money went: the receipt, the payment, or the entry itself."""
        if entry.receipt_id:
            return reverse("desk:cash-receipt", args=[entry.receipt_id])
        if entry.payment_id:
            return reverse("desk:payment", args=[entry.payment_id])
        return reverse("desk:bank-entry", args=[entry.pk])

    def _facts(self) -> Sequence[Fact]:
        row = self.statement
        money = [row.opening, row.came, row.went, row.closing] if row.currency else [None] * 4
        facts = [
            Fact(_("Account"), row.stated_account), Fact(_("Of"), row.legal_entity.name if row.legal_entity else ""),
            Fact(_("Number"), row.sequence), Fact(_("From"), row.starts_on), Fact(_("To"), row.ends_on),
            Fact(_("Opening"), money[0]), Fact(_("Came in"), money[1]), Fact(_("Went out"), money[2]),
            Fact(_("Closing"), money[3]),
            Fact(_("Notation"), notation_words(row)), Fact(_("Taken in because"), row.accept_reason),
            Fact(_("Set aside because"), row.set_aside_reason),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value is not None and fact.value != ""]

    def _original(self) -> Any:
        rows = StoredFile.objects.visible_to(self.request.actor).filter(pk=self.statement.original_id)
        return attachments(list(rows))
