"""Preference: which notices a person wants by mail: at once, once a day, or not at all, by kind."""

from collections.abc import Iterable, Mapping
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.db import models, transaction

from eipp.accounts.models import Person
from eipp.kernel import secrets
from eipp.kernel.refusal import Refusal

PORTAL, AT_ONCE, DAILY = "portal", "at_once", "daily"
WAYS = ((PORTAL, "In the portal only"), (AT_ONCE, "By mail at once"), (DAILY, "By mail once a day"))
#: Kinds of notices, as people tell them apart: what it is about, and the way where nobody has chosen.
KINDS: dict[str, tuple[str, str]] = {
    "messages": ("Messages and questions", AT_ONCE),
    "approvals": ("Approvals", AT_ONCE),
    "disputes": ("Disputes", AT_ONCE),
    "invoices": ("Invoices and credit notes", DAILY),
    "payments": ("Payments", DAILY),
    "documents": ("Documents held back, mails that came back", DAILY),
    "team": ("People and programs", PORTAL),
}
#: Who has which kinds at all.
OF_SIDE = {
    "buyer": ("messages", "approvals", "disputes", "invoices", "payments", "team"),
    "supplier": ("messages", "disputes", "payments", "documents", "team"),
}
_NOUNS = {
    "message": "messages", "approval": "approvals", "dispute": "disputes", "payment": "payments",
    "refund": "payments", "deduction": "disputes", "plan": "payments", "chargeback": "payments",
    "saved_method": "payments", "bank_details": "payments", "promise": "payments", "announced_payment": "payments",
    "autopay": "payments", "offer": "payments",
    "credit_note": "invoices", "finance_charge": "invoices", "delivery": "documents", "authority": "disputes",
    "credit_request": "invoices",
}  # fmt: skip
_NAMES = {"invoice.quarantined": "documents", "invoice.bounced": "documents"}
_PURPOSE = "unsubscribe"


class MailPreference(models.Model):
    """ways: kind -> way, only what the person has chosen; time_zone: whose morning counts, empty for the company's."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    ways = models.JSONField(default=dict)
    time_zone = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id}"


def kind_of_notice(event_name: str) -> str:
    """Of which kind a notice of this event is."""
    noun = event_name.partition(".")[0]
    return _NAMES.get(event_name) or _NOUNS.get(noun) or ("invoices" if noun == "invoice" else "team")


def preference_of(person: Person) -> MailPreference:
    """What the person has chosen, or what holds where they have not; nothing is written."""
    return MailPreference.objects.filter(person=person).first() or MailPreference(person=person)


def ways_of(people: Iterable[UUID]) -> dict[UUID, Mapping[str, str]]:
    """For many people at once, what each has chosen: one query."""
    return dict(MailPreference.objects.filter(person__in=set(people)).values_list("person_id", "ways"))


def way_for(chosen: Mapping[str, str], kind: str) -> str:
    return chosen.get(kind) or KINDS[kind][1]


@transaction.atomic
def choose(person: Person, *, ways: Mapping[str, str], time_zone: str) -> None:
    """Keep what a person wants. Refusal (422) for a kind, way or time zone that there is none of."""
    for kind, way in ways.items():
        if kind not in KINDS or way not in dict(WAYS):
            raise Refusal("unknown_way", "Choose one of the ways offered.", status=422, field=kind)
    if time_zone and time_zone not in available_timezones():
        raise Refusal("unknown_zone", "There is no such time zone.", status=422, field="time_zone")
    row = MailPreference.objects.select_for_update().get_or_create(person=person)[0]
    row.ways, row.time_zone = {**row.ways, **ways}, time_zone
    row.save()


def zone_of(preference_zone: str, company_zone: str) -> ZoneInfo:
    """By which clock a person's day begins."""
    return ZoneInfo(preference_zone or company_zone or "UTC")


def unsubscribe_token(person_id: UUID) -> str:
    """What the link at the foot of our mails carries: who it is for, signed. It only ever makes mails fewer."""
    return f"{person_id.hex}.{secrets.sign(_PURPOSE, person_id.hex)}"


def whose_token(token: str) -> Person | None:
    """The person whom the token was mailed to; None for one that we did not make."""
    name, _dot, signature = token.partition(".")
    if len(name) != 32 or not secrets.is_signed(_PURPOSE, name, signature):
        return None
    return Person.objects.filter(pk=UUID(name)).first()


def unsubscribe(person: Person) -> None:
    """No notices by mail any more, of any kind; the portal keeps them. Doing it twice is doing it once."""
    choose(person, ways=dict.fromkeys(KINDS, PORTAL), time_zone=preference_of(person).time_zone)
