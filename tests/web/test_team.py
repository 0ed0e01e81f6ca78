"""Teams: kept by the organisation's own administrator, on both sides; nobody gives what is not theirs."""

import re
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from eipp.accounts.api_key import actor_for_key, create_api_key
from eipp.accounts.invitation import Invitation, invite
from eipp.accounts.membership import active_memberships, actor_for, add_member, change_member
from eipp.accounts.models import ApiKey, Membership, Person
from eipp.accounts.person import create_person
from eipp.kernel.events import Event
from eipp.kernel.refusal import Refusal
from messaging import sentences
from messaging.audience import hearers
from tests.accounts.test_recovery import link_in
from tests.world import World

TEAM, KEYS = "/team/", "/team/keys/"


def membership(world: World, word: str) -> Membership:
    return active_memberships(world.people[word])[0]


def member_page(world: World, word: str, face: str = "") -> str:
    return f"{face}/team/{membership(world, word).pk}/"


def count(name: str) -> int:
    return Event.objects.filter(name=name).count()


@pytest.fixture
def lena(world: World) -> Person:
    """Administers the branch alone."""
    person = create_person(username="lena", email="lena@brightwater.example", name="Lena", password="long, 4711")
    roles = ["viewer", "approver", "payer", "buyer_administrator"]
    add_member(person=person, organisation=world.brightwater, roles=roles, accounts=[world.branch])
    world.people["lena"] = person
    return person


def test_everybody_sees_who_works_here_and_only_the_administrator_can_do_something(world: World) -> None:
    for word in ("vera", "dora"):
        page = world.client(word).get(TEAM).content.decode()
        assert all(name in page for name in ("Anna Ashby", "Benjamin Okafor", "Dora Whitlock"))
        assert ("Invite somebody" in page) == (word == "dora")
        assert (member_page(world, "anna") in page) == (word == "dora")
        assert "Sina Zumthor" not in page
    vera = world.client("vera")
    assert vera.get(member_page(world, "anna")).status_code == 404
    assert vera.post(TEAM, {"move": "invite", "email": "x@y.example", "role": "viewer"}).status_code == 403


def test_the_invited_comes_with_the_roles_and_accounts_that_were_chosen(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    dora = world.client("dora")
    told: dict[str, Any] = {"move": "invite", "email": "nina@brightwater.example", "role": ["approver", "viewer"],
                            "reach": "some", "account": [str(world.branch.pk)]}  # fmt: skip
    assert dora.post(TEAM, told).status_code == 302
    assert "nina@brightwater.example" in dora.get(TEAM).content.decode()
    password = "correct horse battery"
    chosen = {"name": "Nina", "username": "nina", "password": password, "again": password}
    Client().post(link_in(mailoutbox[0]), chosen)
    nina = Person.objects.find("nina")
    assert nina
    actor = actor_for(nina)
    assert (actor.roles, actor.account_ids) == ({"approver", "viewer"}, {world.branch.pk})
    assert "nina@brightwater.example" not in dora.get(TEAM).content.decode().partition("Invited, not here yet")[2]


def test_an_invitation_is_taken_back(world: World, mailoutbox: list[EmailMessage]) -> None:
    dora = world.client("dora")
    dora.post(TEAM, {"move": "invite", "email": "nina@brightwater.example", "role": "viewer"})
    told = {"move": "revoke", "invitation": str(Invitation.objects.get().pk)}
    assert dora.post(TEAM, told).status_code == 302
    assert Client().get(link_in(mailoutbox[0])).status_code == 404
    assert dora.post(TEAM, told).status_code == 409
    assert count("invitation.revoked") == 1


@pytest.mark.parametrize("wrong", [{"email": "no address"}, {"role": []}, {"role": "ar_manager"},
                                   {"email": "anna@brightwater.example"}, {"reach": "some"}])  # fmt: skip
def test_what_cannot_be_is_a_sentence_and_nothing_is_mailed(
    world: World, mailoutbox: list[EmailMessage], wrong: dict[str, Any]
) -> None:
    told = {"move": "invite", "email": "nina@brightwater.example", "role": "viewer", **wrong}
    answer = world.client("dora").post(TEAM, told)
    assert answer.status_code in (409, 422)
    assert answer.context["refusal"].sentence in answer.content.decode()
    assert not mailoutbox


def test_roles_and_accounts_are_changed_at_once(world: World) -> None:
    dora, path = world.client("dora"), member_page(world, "vera")
    dora.post(path, {"move": "change", "role": ["payer"], "reach": "some", "account": [str(world.branch.pk)]})
    actor = world.actor("vera")
    assert (actor.roles, actor.account_ids) == ({"payer"}, {world.branch.pk})
    event = Event.objects.filter(name="membership.changed").latest("pk")
    assert sentences.render([event], world.actor("anna")) == ["Dora Whitlock changed what Vera Lindqvist may do."]


def test_who_is_removed_is_gone_at_once(world: World) -> None:
    vera = world.client("vera")
    assert vera.get("/invoices/").status_code == 200
    assert world.client("dora").post(member_page(world, "vera"), {"move": "remove"})["Location"] == TEAM
    assert vera.get("/invoices/").status_code == 404
    assert count("membership.ended") == 1


def test_the_last_administrator_can_neither_go_nor_step_down(world: World) -> None:
    dora, path = world.client("dora"), member_page(world, "dora")
    for told in ({"move": "remove"}, {"move": "change", "role": ["viewer"]}):
        answer = dora.post(path, told)
        assert answer.status_code == 409
        assert "make a colleague administrator first" in answer.content.decode()


def test_nobody_gives_themselves_a_role(world: World) -> None:
    dora, path = world.client("dora"), member_page(world, "dora")
    answer = dora.post(path, {"move": "change", "role": ["buyer_administrator", "payer"]})
    assert answer.status_code == 409
    assert "Nobody gives themselves a role" in answer.content.decode()
    assert world.actor("dora").roles == {"buyer_administrator"}
    change_member(world.actor("dora"), membership(world, "anna"), roles=["buyer_administrator"])
    change_member(world.actor("anna"), membership(world, "dora"), roles=["buyer_administrator", "payer"])
    assert world.actor("dora").roles == {"buyer_administrator", "payer"}
    change_member(world.actor("dora"), membership(world, "dora"), roles=["payer"])
    assert world.actor("dora").roles == {"payer"}


class TestForSomeAccountsOnly:
    """Whoever administers some accounts gives and takes within these."""

    def test_others_are_seen_and_cannot_be_changed(self, world: World, lena: Person) -> None:
        browser = world.client("lena")
        assert "Anna Ashby" in browser.get(TEAM).content.decode()
        for word in ("anna", "dora"):
            assert browser.get(member_page(world, word)).status_code == 404
            with pytest.raises(Membership.DoesNotExist):
                change_member(actor_for(lena), membership(world, word), roles=["viewer"], accounts=[world.branch])

    def test_they_invite_for_their_own_accounts_alone(self, world: World, lena: Person) -> None:
        for accounts in (None, [world.main], [world.main, world.branch]):
            with pytest.raises(Refusal) as refusal:
                invite(actor_for(lena), organisation=world.brightwater, email="n@b.example", roles=["viewer"],
                       accounts=accounts)  # fmt: skip
            assert refusal.value.status == 403
        invite(actor_for(lena), organisation=world.brightwater, email="n@b.example", roles=["viewer"],
               accounts=[world.branch])  # fmt: skip

    def test_they_widen_nobody_and_not_themselves(self, world: World, lena: Person) -> None:
        for accounts in (None, [world.main]):
            with pytest.raises(Refusal) as refusal:
                change_member(
                    actor_for(lena), membership(world, "lena"), roles=["buyer_administrator"], accounts=accounts
                )
            assert refusal.value.code == "beyond_own_accounts"

    def test_they_make_no_key_and_ask_nobody_for_a_second_factor(self, world: World, lena: Person) -> None:
        browser = world.client("lena")
        assert browser.get(KEYS).status_code == 404
        assert browser.post(TEAM, {"move": "require"}).status_code == 403
        with pytest.raises(Refusal):
            create_api_key(organisation=world.brightwater, name="x", scopes=["invoices:read"], actor=actor_for(lena))


def test_the_supplier_keeps_its_own_team_the_same_way(world: World) -> None:
    silke = world.client("silke")
    assert "Clara Clerk" in silke.get("/desk/team/").content.decode()
    assert (
        silke.post(member_page(world, "carl", "/desk"), {"move": "change", "role": ["ar_manager"]}).status_code == 302
    )
    assert world.actor("carl").roles == {"ar_manager"}
    for word, path in (("mona", member_page(world, "carl", "/desk")), ("silke", member_page(world, "anna"))):
        assert world.client(word).get(path).status_code == 404
    assert silke.get(f"/desk/team/{membership(world, 'anna').pk}/").status_code == 404


def test_a_second_factor_is_asked_for_on_the_page(world: World) -> None:
    dora = world.client("dora")
    dora.post(TEAM, {"move": "require"})
    world.brightwater.refresh_from_db()
    assert world.brightwater.second_factor_since
    assert "Everybody here signs in with a second factor" in dora.get(TEAM).content.decode()
    told = {member.person_id for event in Event.objects.filter(name="organisation.second_factor_required")
            for _, member in hearers([event])}  # fmt: skip
    assert told == {world.people[word].pk for word in ("anna", "ben", "vera")}
    dora.post(TEAM, {"move": "release"})
    world.brightwater.refresh_from_db()
    assert world.brightwater.second_factor_since is None


class TestKeys:
    """API keys: shown once, by scopes, rotated with an overlap, revoked at once."""

    @pytest.fixture
    def dora(self, world: World) -> Client:
        browser = world.client("dora")
        browser.post("/accounts/confirm/", {"password": world.passwords["dora"]})
        return browser

    def secret(self, answer: Any) -> str:
        found = re.search(r"<code>(eipp_[\w-]{20,})</code>", answer.content.decode())
        assert found
        return found[1]

    def test_a_key_is_shown_once_and_opens_what_was_chosen(self, world: World, dora: Client) -> None:
        answer = dora.post(KEYS, {"move": "make", "name": "New ERP", "scope": ["invoices:read", "disputes:write"]})
        assert "no-store" in answer["Cache-Control"]
        secret = self.secret(answer)
        assert secret not in dora.get(KEYS).content.decode()
        actor = actor_for_key(secret)
        assert actor and actor.may("dispute.open") and not actor.may("payment.make")
        assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/invoices").status_code == 200
        assert count("api_key.created") > 0

    def test_without_a_fresh_proof_there_is_no_key(self, world: World) -> None:
        browser = world.client("dora")
        before = ApiKey.objects.count()
        for move in ("make", "rotate"):
            answer = browser.post(KEYS, {"move": move, "name": "x", "scope": "invoices:read"})
            assert answer["Location"].startswith("/accounts/confirm/?next=%2Fteam%2Fkeys%2F")
        assert ApiKey.objects.count() == before

    def test_a_rotated_key_opens_for_a_day_more_and_a_revoked_one_not_at_all(self, world: World, dora: Client) -> None:
        old = self.secret(dora.post(KEYS, {"move": "make", "name": "ERP", "scope": "invoices:read"}))
        key = ApiKey.objects.get(prefix=old[:11])
        new = self.secret(dora.post(KEYS, {"move": "rotate", "key": str(key.pk), "overlap": "1"}))
        assert actor_for_key(old) and actor_for_key(new)
        dora.post(KEYS, {"move": "revoke", "key": str(key.pk)})
        assert actor_for_key(old) is None
        assert actor_for_key(new)
        assert dora.post(KEYS, {"move": "revoke", "key": str(key.pk)}).status_code == 409

    def test_nobody_touches_anothers_key(self, world: World, dora: Client) -> None:
        foreign = ApiKey.objects.get(organisation=world.nordwind)
        for move in ("rotate", "revoke"):
            assert dora.post(KEYS, {"move": move, "key": str(foreign.pk)}).status_code == 404
            assert dora.post(KEYS, {"move": move, "key": "x"}).status_code == 404
        assert world.client("anna").get(KEYS).status_code == 404

    def test_without_a_scope_or_with_the_other_sides_there_is_no_key(self, world: World, dora: Client) -> None:
        for scope in ([], ["receipts:write"], ["x"]):
            assert dora.post(KEYS, {"move": "make", "name": "x", "scope": scope}).status_code == 422
