"""Early-payment offers as people see them: asked for, shown day by day, answered, approved, paid."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.urls import reverse

from eipp.kernel import clock
from eipp.ledger.agreed_discount import Scale
from tests.web.test_discounts import text
from tests.workflows.doing import approve
from tests.world import World
from workflows import offering
from workflows.offer import Offer
from workflows.offer_setting import OfferSetting

DAY = timedelta(days=1)


def test_a_buyer_asks_the_supplier_answers_with_other_terms_and_two_people_agree(world: World) -> None:
    today, invoice = clock.today(), world.invoice("5000.00")
    anna, ben, mona = (world.client(word) for word in ("anna", "ben", "mona"))
    new = reverse("portal:new-offer")
    assert invoice.number in text(anna.get(new)) and ben.get(new).status_code == 200
    typed: dict[str, Any] = {
        "move": "preview", "how": "yearly", "rate": "20 %", "pay_by": str(today + 4 * DAY), "invoice": str(invoice.pk),
    }  # fmt: skip
    shown = text(anna.post(new, typed))
    assert "82.19 EUR" in shown and "20.00 %" in shown and not Offer.objects.exists()
    wrong = anna.post(new, typed | {"move": "propose", "rate": "a lot"})
    assert wrong.status_code == 422 and "Write a percentage" in text(wrong)
    assert 'value="a lot"' in wrong.content.decode()
    answer = anna.post(new, typed | {"move": "propose", "comment": "We pay on Friday"})
    offer = Offer.objects.get()
    page = reverse("portal:offer", args=[offer.pk])
    assert answer["Location"] == page
    assert "20 % a year" in text(anna.get(page)) and "Withdraw" in text(anna.get(page))
    desk = reverse("desk:offer", args=[offer.pk])
    assert "We pay on Friday" in text(mona.get(desk)) and offer.number in text(mona.get(reverse("desk:offers")))
    friday = [str(today + 4 * DAY), "", ""]
    mona.post(desk, {"move": "counter", "how": "steps", "percent": ["1,2", "", ""], "step_until": friday})
    shown = text(anna.get(page))
    assert "1.2 % if paid by" in shown and "60.00 EUR" in shown and "somebody else of your company" in shown
    assert "Accept" in shown and "Accept" not in text(mona.get(desk))
    assert anna.post(page, {"move": "accept"}).status_code == 302
    assert "Waits for approval" in text(anna.get(page))
    assert offer.number in text(ben.get(reverse("portal:approvals")))
    assert anna.post(page, {"move": "approve"}).status_code == 409
    assert ben.post(page, {"move": "approve"}).status_code == 302
    approve(world, "ben", invoice)
    pay = re.search(r'href="([^"]*payments/new/[^"]*)"', anna.get(page).content.decode())
    assert pay and 'value="4940.00"' in anna.get(pay[1]).content.decode()
    assert "60.00 EUR" in text(anna.get(reverse("portal:offers") + "?status=accepted"))
    assert "accepted" in Offer.objects.get().state and world.client("sina").get(page).status_code == 404


def test_an_administrator_says_what_is_given_by_itself_and_a_buyer_gets_it_at_once(world: World) -> None:
    entity, silke, tom = world.main.legal_entity, world.client("silke"), world.client("tom")
    page = reverse("desk:early-payment")
    told = {"move": "give", "entity": str(entity.pk), "currency": "EUR", "rate": "9,5", "least_days": "3",
            "largest": "1000", "account": str(world.tiny_account.pk)}  # fmt: skip
    assert world.client("clara").post(page, told).status_code == 403
    assert silke.post(page, told | {"rate": "x"}).status_code == 422
    assert silke.post(page, told).status_code == 302
    shown = text(silke.get(page))
    assert "9.5 %" in shown and "Tiny Studio" in shown and "1,000.00 EUR" in shown
    invoice = world.invoice("200.00", account="tiny_account")
    assert "gives 9.5 % a year" in text(tom.get(reverse("portal:offers")))
    assert "gives 9.5" not in text(world.client("anna").get(reverse("portal:offers")))
    new = reverse("portal:new-offer")
    assert "agreed at once" in text(tom.get(new))
    answer = tom.post(new, {"move": "propose", "how": "yearly", "rate": "9.5", "invoice": str(invoice.pk),
                            "pay_by": str(clock.today() + 5 * DAY)}, follow=True)  # fmt: skip
    assert "Agreed at once" in text(answer) and "Pay with the discount" in text(answer)
    row = OfferSetting.objects.get()
    assert silke.post(page, {"move": "end", "setting": str(row.pk)}).status_code == 302
    row.refresh_from_db()
    assert not row.active and "Nothing is given by itself" in text(silke.get(page))


def test_what_is_planned_for_a_later_day_takes_the_discount_of_that_day(world: World) -> None:
    invoice = world.invoice("1000.00", account="tiny_account")
    tom, today = world.client("tom"), clock.today(world.tiny.time_zone)
    offer = offering.propose(world.actor("mona"), [invoice], Scale(today + 10 * DAY, Decimal(12)))
    offering.accept(world.actor("tom"), offer)
    pay, amount = reverse("portal:pay"), f"amount-{invoice.pk}"
    typed = {"move": "pay", "invoice": str(invoice.pk), amount: "995.40", "attempt": str(uuid4())}
    assert 'value="995.40"' in tom.get(f"{pay}?invoice={invoice.pk}").content.decode()
    answer = tom.post(pay, typed | {"planned_for": str(today + 5 * DAY)})
    assert answer.status_code == 409 and 'value="997.04"' in answer.content.decode()
    assert "the discount is another one" in text(answer)


def test_the_desk_offers_to_a_customer_and_reads_it_in_the_report(world: World) -> None:
    invoice, mona, anna = world.invoice("500.00"), world.client("mona"), world.client("anna")
    new = reverse("desk:new-offer", args=[world.main.pk])
    assert "Offer early payment" in text(mona.get(reverse("desk:customer", args=[world.main.pk])))
    mona.post(new, {"move": "propose", "how": "yearly", "rate": "12", "invoice": str(invoice.pk),
                    "pay_by": str(clock.today() + 14 * DAY)})  # fmt: skip
    offer = Offer.objects.get()
    page = reverse("portal:offer", args=[offer.pk])
    assert anna.post(page, {"move": "decline"}).status_code == 302
    assert "Declined" in text(anna.get(reverse("portal:offers")))
    assert anna.post(page, {"move": "accept"}).status_code == 409
    shown = text(mona.get(reverse("desk:report-discounts")))
    assert "Early payment by agreement" in shown and "2.63" in shown
