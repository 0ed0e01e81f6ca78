"""Team: an organisation's people, their roles and accounts, and open invitations; its administrator keeps all that."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts import second_factor
from eipp.accounts.invitation import Invitation, invite, revoke_invitation
from eipp.accounts.membership import administered_by, change_member, remove_member
from eipp.accounts.models import CustomerAccount, Membership, Organisation
from eipp.accounts.roles import ROLES, Role, roles_on
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from eipp.web.pages import ListPage, Page
from eipp.web.pieces import Crumb, Tab
from messaging.topics import topic


@dataclass(frozen=True, slots=True)
class Colleague:
    """A row of the list; `url` is empty where the reader may not change anything."""

    membership: Membership
    roles: str
    reach: str
    url: str
    oneself: bool


class TeamView(Page):
    """What the pages about one's own organisation have in common."""

    face: ClassVar[str]

    @cached_property
    def organisation(self) -> Organisation:
        found: Organisation = self.found_first(Organisation.objects.visible_to(self.request.actor))
        return found

    @property
    def may_administer(self) -> bool:
        return self.request.actor.may("team.administer")

    def require_administrator(self) -> None:
        """What only administrators see does not exist for others."""
        if not self.may_administer:
            raise Http404

    @cached_property
    def grantable(self) -> list[CustomerAccount]:
        """The accounts that the reader can let others work for."""
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier")
        return list(rows.order_by("supplier__name", "name")[:500])

    def chosen(self) -> dict[str, Any]:
        """What a form says of roles and accounts; accounts None: all of them."""
        roles = [role for role in self.request.POST.getlist("role") if role in roles_on(self.organisation.side)]
        if self.request.POST.get("reach") != "some":
            return {"roles": roles, "accounts": None}
        wanted = set(self.request.POST.getlist("account"))
        return {"roles": roles, "accounts": [row for row in self.grantable if str(row.pk) in wanted]}

    def roles(self) -> list[tuple[str, Role]]:
        return list(roles_on(self.organisation.side).items())


class TeamPage(TeamView, ListPage):
    """Everybody sees who works here; administrators invite, and ask for a second factor."""

    template = "web/team.html"
    makes: ClassVar[Mapping[str, str]] = {
        "invite": "invite", "revoke": "revoke", "require": "require_factor", "release": "release_factor",
    }  # fmt: skip
    orders: ClassVar[Mapping[str, str]] = {"name": "person__name", "-name": "-person__name"}

    def invite(self) -> str:
        email = self.typed("email")
        invite(self.request.actor, organisation=self.organisation, email=email, **self.chosen())
        return _("%(email)s was invited; the link works for seven days.") % {"email": email}

    def revoke(self) -> str:
        revoke_invitation(self.request.actor, self._invitation(), now=clock.now())
        return _("The invitation is taken back.")

    def require_factor(self) -> str:
        second_factor.require_second_factor(self.request.actor, wanted=True)
        return _("From their next sign-in on, everybody is asked for a second factor.")

    def release_factor(self) -> str:
        second_factor.require_second_factor(self.request.actor, wanted=False)
        return _("Nobody is asked for a second factor any more.")

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Membership.objects.visible_to(actor).filter(ended_at=None).select_related("person")
        found = self.page_of(rows.prefetch_related("accounts"))
        return {
            **found, "colleagues": self._colleagues(found["rows"]), "invitations": self._invitations(),
            "organisation": self.organisation, "roles": self.roles(), "grantable": self.grantable,
            "may_administer": self.may_administer, "whole": self.may_administer and not actor.is_limited,
            "all_accounts": not actor.is_limited, "tabs": tabs(self, "team"),
            "chosen_roles": self.request.POST.getlist("role"), "chosen_accounts": self.request.POST.getlist("account"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _colleagues(self, rows: list[Membership]) -> list[Colleague]:
        actor = self.request.actor
        changeable: set[UUID] = set()
        if self.may_administer:
            ids = [row.pk for row in rows]
            changeable = set(administered_by(actor).filter(pk__in=ids).values_list("pk", flat=True))
        return [
            Colleague(row, role_words(row.roles), _reach(row), oneself=row.person_id == actor.person_id,
                      url=reverse(f"{self.face}:member", args=[row.pk]) if row.pk in changeable else "")
            for row in rows
        ]  # fmt: skip

    def _invitations(self) -> list[tuple[Invitation, str]]:
        """Those that still open: all of them for whoever administers all, one's own for others."""
        if not self.may_administer:
            return []
        actor = self.request.actor
        rows = Invitation.objects.visible_to(actor).filter(accepted_at=None, revoked_at=None)
        rows = rows.filter(expires_at__gt=clock.now())
        if actor.is_limited:
            rows = rows.filter(invited_by=actor.person_id)
        return [(row, role_words(row.roles)) for row in rows.order_by("-created_at")[:100]]

    def _invitation(self) -> Invitation:
        try:
            key = UUID(self.typed("invitation"))
        except ValueError:
            raise Http404 from None
        wanted = {row.pk: row for row, _words in self._invitations()}.get(key)
        if wanted is None:
            raise Refusal("invitation_closed", _("This invitation is not open any more."))
        return wanted


class MemberPage(TeamView):
    """One colleague: other roles, other accounts, or no longer one."""

    template = "web/member.html"
    makes: ClassVar[Mapping[str, str]] = {"change": "change", "remove": "remove"}

    @cached_property
    def membership(self) -> Membership:
        self.require_administrator()
        found: Membership = self.found(administered_by(self.request.actor), self.kwargs["pk"])
        return found

    def make(self) -> Any:
        _exists = self.membership
        return super().make()

    def change(self) -> str:
        change_member(self.request.actor, self.membership, **self.chosen())
        return _("%(name)s may now do what you chose.") % {"name": self.membership.person}

    def remove(self) -> str:
        remove_member(self.request.actor, self.membership)
        return _("%(name)s works here no longer; every page they had open ends.") % {"name": self.membership.person}

    def back(self) -> str:
        return reverse(f"{self.face}:team")

    def context(self) -> dict[str, Any]:
        row, actor = self.membership, self.request.actor
        posted = self.request.method == "POST"
        accounts = {str(account.pk) for account in row.accounts.all()}
        return {
            "membership": row, "roles": self.roles(), "grantable": self.grantable,
            "all_accounts": not actor.is_limited, "oneself": row.person_id == actor.person_id,
            "chosen_roles": self.request.POST.getlist("role") if posted else row.roles,
            "chosen_accounts": self.request.POST.getlist("account") if posted else accounts,
            "some": self.request.POST.get("reach") == "some" if posted else not row.all_accounts,
            "crumbs": (Crumb(_("Team"), self.back()), Crumb(str(row.person))), "organisation": self.organisation,
        }  # fmt: skip


def tabs(page: TeamView, current: str) -> list[Tab]:
    """The pages about one's organisation that the reader may open."""
    actor = page.request.actor
    known = [
        ("team", _("People"), True),
        ("keys", _("API keys"), actor.may("key.administer") and not actor.is_limited),
        ("webhooks", _("Webhooks"), actor.may("webhook.administer") and not actor.is_limited),
    ]
    if page.face == "desk":
        keeps_ways = actor.may("gateway.administer") and not actor.is_limited
        known += [("authority", _("Authority"), True), ("terms", _("Terms and periods"), True),
                  ("late-fee-rules", _("Late fees"), True), ("early-payment", _("Early payment"), True),
                  ("gateways", _("Ways of paying"), keeps_ways)]  # fmt: skip
    if page.face == "portal":
        known.append(("approval-rules", _("Approval rules"), True))
    return [Tab(word, reverse(f"{page.face}:{name}"), name == current) for name, word, open_to in known if open_to]


def role_words(roles: list[str]) -> str:
    return ", ".join(ROLES[name].title for name in roles if name in ROLES)


def _reach(membership: Membership) -> str:
    if membership.all_accounts:
        return _("All accounts")
    return ", ".join(sorted(account.name for account in membership.accounts.all())) or _("No account")
