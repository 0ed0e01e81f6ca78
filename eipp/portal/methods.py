"""Ways to pay: the cards and bank accounts that the buyer keeps at its payees' gateways, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.models import LegalEntity, Organisation, Person
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.web.pages import Page
from eipp.web.pieces import Crumb, Meaning
from eipp.web.remittances import payment_tabs
from eipp.web.sign_in.dress import needs_proof, way_to_prove
from eipp.web.timelines import timeline
from eipp.web.ways import MEANINGS
from messaging.topics import topic
from workflows import method_setup, saved_method
from workflows.saved_method import SavedMethod, may_keep, payers_of

STANDINGS: dict[str, tuple[Any, Meaning]] = {
    "open": (words("Waits for you on the provider’s page"), "waiting"),
    "verifying": (words("To be verified"), "waiting"),
    "usable": (words("Ready"), "good"),
    "expired": (words("Expired"), "bad"),
    "stopped": (words("Stopped"), "bad"),
    "failed": (words("Not saved"), "bad"),
    "removed": (words("Removed"), "quiet"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list."""

    row: SavedMethod
    word: Any
    meaning: Meaning
    kind: Any


class KeeperPage(Page):
    """What both pages have in common: they exist for those who pay or keep ways to pay."""

    side = "buyer"

    @property
    def rows(self) -> Any:
        actor = self.request.actor
        if not (actor.may("payment.make") or actor.may("method.keep")):
            raise Http404
        return SavedMethod.objects.visible_to(actor).select_related("legal_entity", "buyer")

    def line(self, row: SavedMethod) -> Line:
        word, meaning = STANDINGS[row.standing(self.today)]
        return Line(row, word, meaning, MEANINGS[row.kind][0])

    @cached_property
    def payers(self) -> list[Person]:
        actor = self.request.actor
        return payers_of(Organisation.objects.visible_to(actor).get(pk=actor.organisation_id or ""))

    def chosen_people(self) -> list[Person]:
        wanted = set(self.request.POST.getlist("person"))
        return [person for person in self.payers if str(person.pk) in wanted]


class MethodsPage(KeeperPage):
    """All of them, by payee; adding one asks first who one is: an open browser is not enough."""

    template = "portal/methods.html"
    makes: ClassVar[Mapping[str, str]] = {"add": "add"}

    def opened(self) -> None:
        self.rows  # noqa: B018 - the wall

    def make(self) -> str | HttpResponse:
        self.opened()
        if needs_proof(self.request):
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    def add(self) -> HttpResponse:
        """To the provider's own page, where card or account is typed."""
        gateway, _slash, kind = self.typed("way").partition("/")
        payee = next((each for each in self.payees if str(each.pk) == self.typed("payee")), None)
        attempt = uuid_of(self.typed("attempt"))
        if payee is None or attempt is None:
            raise Refusal("no_payee", _("Choose whom you want to pay with it."), status=422, field="payee")
        row = method_setup.request(
            self.request.actor, payee, gateway=gateway, kind=kind, attempt=attempt, name=self.typed("name"),
            for_everyone=self.typed("who") != "some", people=self.chosen_people(),
        )  # fmt: skip
        return HttpResponseRedirect(method_setup.open_page(row).setup_url or reverse("portal:method", args=[row.pk]))

    @cached_property
    def payees(self) -> list[LegalEntity]:
        return method_setup.payees(self.request.actor)

    def context(self) -> dict[str, Any]:
        rows = self.rows.filter(removed_at=None).order_by("legal_entity__name", "-is_default", "name", "-requested_at")
        kinds = {f"{way.gateway}/{way.method}": MEANINGS[way.method][0]
                 for payee in self.payees for way in method_setup.kept_by(payee)}  # fmt: skip
        return {
            "lines": [self.line(row) for row in rows[:200]], "may_add": self.request.actor.may("method.keep"),
            "payees": self.payees, "kinds": list(kinds.items()),
            "people_choices": [(person, False) for person in self.payers],
            "may_bank": self.request.actor.may("bank_details.keep") and not self.request.actor.is_limited,
            "attempt": self.request.POST.get("attempt") or uuid4(), "tabs": payment_tabs("portal", "methods"),
            "live_topics": (topic("organisation", self.request.actor.organisation_id),),
            "proof": way_to_prove(self.request) if needs_proof(self.request) else "",
        }  # fmt: skip


class MethodPage(KeeperPage):
    """One of them: where it stands, what it is called, who may use it."""

    template = "portal/method.html"
    makes: ClassVar[Mapping[str, str]] = {
        "again": "again", "verify": "verify", "rename": "rename", "share": "share", "default": "default",
        "remove": "remove",
    }  # fmt: skip

    @cached_property
    def row(self) -> SavedMethod:
        found: SavedMethod = self.found(self.rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        """Whoever comes back from the provider's page wants to see what it says: the worker looks at once."""
        if self.row.standing(self.today) == "open" and self.row.callback_at is None:
            method_setup.note(self.row.gateway, self.row.pk)

    def again(self) -> HttpResponse:
        row = method_setup.open_page(self.row)
        return HttpResponseRedirect(row.setup_url or self.back())

    def verify(self) -> str:
        amounts = [Money.parse(self.typed(name).replace(",", "."), "EUR").minor for name in ("first", "second")]
        method_setup.verify(self.request.actor, self.row, amounts)
        return _("The account is verified: you can pay with it.")

    def rename(self) -> str:
        saved_method.rename(self.request.actor, self.row, name=self.typed("name"))
        return _("It has its new name.")

    def share(self) -> str:
        everyone = self.typed("who") != "some"
        saved_method.share(self.request.actor, self.row, for_everyone=everyone, people=self.chosen_people())
        return _("Saved who may pay with it.")

    def default(self) -> str:
        saved_method.make_default(self.request.actor, self.row)
        return _("It is offered first from now on.")

    def remove(self) -> HttpResponse:
        saved_method.remove(self.request.actor, self.row)
        method_setup.note(self.row.gateway, self.row.pk)
        return HttpResponseRedirect(reverse("portal:methods"))

    def context(self) -> dict[str, Any]:
        row, actor = self.row, self.request.actor
        row.refresh_from_db()
        standing = row.standing(self.today)
        people = set(row.people.values_list("pk", flat=True))
        return {
            "line": self.line(row), "row": row, "standing": standing, "may_keep": may_keep(actor, row),
            "payers": [(person, person.pk in people) for person in self.payers],
            "names": [str(person) for person in self.payers if person.pk in people],
            "entries": timeline(actor, row), "live_topics": (topic("saved_method", row.pk),),
            "crumbs": (Crumb(_("Payments"), reverse("portal:payments")),
                       Crumb(_("Ways to pay"), reverse("portal:methods")), Crumb(str(row))),
        }  # fmt: skip


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
