"""Memberships: who acts for whom, with which rights, over which accounts; removed means removed."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.membership import Membership, active_memberships, actor_for, add_member, change_member, remove_member
from eipp.accounts.organisation import Organisation
from eipp.accounts.person import Person
from eipp.kernel.refusal import Refusal
from tests.accounts.cast import Cast, person, recorded


def test_a_person_acts_with_the_rights_of_all_their_roles(cast: Cast) -> None:
    actor = actor_for(cast.anna)
    assert (actor.side, actor.organisation_id, actor.person_id) == ("buyer", cast.brightwater.pk, cast.anna.pk)
    assert actor.may("approval.decide")
    assert actor.may("payment.make")
    assert not actor.may("team.administer")
    assert actor.account_ids is None


@pytest.mark.parametrize("limited", [False, True])
def test_an_actor_costs_two_queries_at_most(cast: Cast, limited: bool) -> None:
    vera = person("vera")
    for organisation in (cast.brightwater, cast.elsewhere):
        add_member(person=vera, organisation=organisation, roles=["viewer"])
    if limited:
        change_member(cast.administrator, active_memberships(vera)[0], roles=["viewer"], accounts=[cast.branch])
    with CaptureQueriesContext(connection) as queries:
        actor_for(vera)
    assert len(queries) == 1 + limited


def test_a_limited_member_sees_the_accounts_named_and_the_branches_below(cast: Cast) -> None:
    above, below = person("above"), person("below")
    add_member(person=above, organisation=cast.brightwater, roles=["viewer"], accounts=[cast.account])
    add_member(person=below, organisation=cast.brightwater, roles=["viewer"], accounts=[cast.branch])
    assert actor_for(above).account_ids == {cast.account.pk, cast.branch.pk}
    assert actor_for(below).account_ids == {cast.branch.pk}
    seen = CustomerAccount.objects.visible_to(actor_for(below))
    assert [account.number for account in seen] == ["C-101"]


def test_a_limited_member_whose_accounts_are_gone_sees_none_and_not_all(cast: Cast) -> None:
    below = person("below")
    membership = add_member(person=below, organisation=cast.brightwater, roles=["viewer"], accounts=[cast.branch])
    membership.accounts.clear()
    assert not CustomerAccount.objects.visible_to(actor_for(below)).exists()


def test_a_stranger_to_an_organisation_is_nobody_there(cast: Cast) -> None:
    for organisation_id in (cast.elsewhere.pk, uuid4()):
        actor = actor_for(cast.anna, organisation_id)
        assert actor.organisation_id is None
        assert not actor.rights
        for model in (CustomerAccount, Membership, Organisation):
            assert not model.objects.visible_to(actor).exists()


def test_one_sees_ones_own_organisations_rows_only(cast: Cast) -> None:
    buyer, supplier = actor_for(cast.anna), actor_for(cast.mona)
    assert {row.pk for row in Membership.objects.visible_to(buyer)} == {
        row.pk for row in Membership.objects.filter(organisation=cast.brightwater)
    }
    assert {row.number for row in CustomerAccount.objects.visible_to(buyer)} == {"C-100", "C-101"}
    assert {row.number for row in CustomerAccount.objects.visible_to(supplier)} == {"C-100", "C-101", "C-200"}


def test_who_is_removed_acts_for_nobody_at_once(cast: Cast) -> None:
    membership = active_memberships(cast.anna)[0]
    remove_member(cast.administrator, membership)
    assert actor_for(cast.anna).organisation_id is None
    membership.refresh_from_db()
    assert membership.ended_at
    event = recorded("membership.ended")[0]
    assert event.data == {"person_id": str(cast.anna.pk)}
    assert event.buyer_id == cast.brightwater.pk
    with pytest.raises(Refusal, match="no longer a member"):
        remove_member(cast.administrator, membership)


def test_who_was_removed_may_come_again(cast: Cast) -> None:
    remove_member(cast.administrator, active_memberships(cast.anna)[0])
    add_member(person=cast.anna, organisation=cast.brightwater, roles=["viewer"])
    assert actor_for(cast.anna).roles == {"viewer"}


def test_a_switched_off_login_acts_for_nobody(cast: Cast) -> None:
    Person.objects.filter(pk=cast.anna.pk).update(is_active=False)
    assert actor_for(Person.objects.get(pk=cast.anna.pk)).organisation_id is None


def test_adding_a_member_again_adds_roles(cast: Cast) -> None:
    add_member(person=cast.anna, organisation=cast.brightwater, roles=["viewer"])
    assert actor_for(cast.anna).roles == {"approver", "payer", "viewer"}
    assert len(recorded("membership.changed")) == 1


def test_the_database_allows_one_active_membership_per_person_and_organisation(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        Membership.objects.create(
            person=cast.anna, organisation=cast.brightwater, started_at=active_memberships(cast.anna)[0].started_at
        )


def test_only_administrators_change_and_remove(cast: Cast) -> None:
    membership = active_memberships(cast.anna)[0]
    for call in (remove_member, lambda actor, row: change_member(actor, row, roles=["payer"])):
        with pytest.raises(Refusal) as refused:
            call(actor_for(cast.anna), membership)
        assert refused.value.status == 403


def test_a_strangers_member_does_not_exist(cast: Cast) -> None:
    with pytest.raises(Membership.DoesNotExist):
        remove_member(actor_for(cast.mona), active_memberships(cast.anna)[0])


def test_the_last_administrator_stays(cast: Cast) -> None:
    own = active_memberships(cast.ada)[0]
    for call in (remove_member, lambda actor, row: change_member(actor, row, roles=["viewer"])):
        with pytest.raises(Refusal, match="only administrator"):
            call(cast.administrator, own)
    change_member(cast.administrator, active_memberships(cast.anna)[0], roles=["buyer_administrator"])
    remove_member(cast.administrator, own)
    assert actor_for(cast.ada).organisation_id is None
