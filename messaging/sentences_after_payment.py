"""Sentences about what may follow a payment: it goes back, the bank takes it, not all of it came."""

from messaging.sentence import Sentence

AFTER_PAYMENT: dict[str, str | Sentence] = {
    "payment.charged_back": "Payment {number} over {amount} was charged back; its invoices are open again.",
    "payment.won_back": Sentence(
        "Payment {number} over {amount} stands again: {supplier} answered its charge-back with evidence, and won.",
        "The charge-back of payment {number} over {amount} was won; the money is there again.",
    ),
    "payment.dealt_with": "{actor} dealt with payment {number}[: {reason}].",
    "chargeback.opened": "Charge-back {number} over {amount} of payment {payment} waits for an answer.",
    "chargeback.answered": Sentence(
        "{supplier} answered the charge-back of payment {payment} with evidence; nothing is asked of you meanwhile.",
        "{actor} answered charge-back {number} of payment {payment} with evidence.",
    ),
    "chargeback.contested": "The payment provider has the evidence about charge-back {number}.",
    "chargeback.won": "Charge-back {number} over {amount} is won.",
    "chargeback.lost": Sentence(
        "Payment {payment} stays charged back by {amount}: its invoices are to be paid in another way.",
        "Charge-back {number} over {amount} is lost; payment {payment} stays with the payer.",
    ),
    "return_rate.passed": "Too many debits of {number} come back: {rate} % {kind}, where {limit} % are allowed.",
    "verification.differed": "The nightly check of the books found differences ({count}); a report names it.",
    "plan.drafted": "{actor} drafted instalment plan {number} over {amount}.",
    "plan.proposed": "{actor} proposed instalment plan {number} over {amount}.",
    "plan.agreed": "{actor} agreed to instalment plan {number} over {amount}.",
    "plan.declined": "{actor} declined instalment plan {number}[: {reason}].",
    "plan.withdrawn": "{actor} took back the proposal of instalment plan {number}.",
    "plan.change_proposed": "{actor} proposed other instalments for plan {number}.",
    "plan.changed": "{actor} agreed to other instalments for plan {number}.",
    "plan.change_dropped": "{actor} left instalment plan {number} as it is.",
    "plan.means_chosen": "{actor} chose what the instalments of plan {number} are charged to.",
    "plan.means_changed": "{actor} has the instalments of plan {number} charged by themselves from here on.",
    "plan.means_removed": "{actor} pays the instalments of plan {number} one by one from here on.",
    "plan.not_charged": Sentence(
        "{amount} of instalment plan {number} could not be charged: pay it by {pay_by}, or choose another way, so that "
        "the plan holds.",
        "{amount} of instalment plan {number}[ of {buyer}] could not be charged; the plan holds until {pay_by}.",
    ),
    "plan.kept": "Instalment plan {number} is kept: all of {amount} came.",
    "plan.broken": Sentence(
        "Instalment plan {number} is broken, since an instalment did not come: what is open is due again.",
        "Instalment plan {number}[ of {buyer}] is broken: what is open is chased again.",
    ),
    "deduction.taken": Sentence(
        "{supplier} noted that you kept {amount} of invoice {invoice} back ({reason}), as dispute {number}.",
        "{actor} took {amount} of invoice {invoice} as a deduction ({reason}), dispute {number}.",
    ),
    "dispute.written_off": "{actor} wrote off the {amount} that dispute {number} held back.",
    "refund.requested": "{actor} asked for refund {number} of {amount}[ from payment {payment}][: {reason}].",
    "refund.submitted": Sentence(
        "{supplier} decided to send {amount}[ of your payment {payment}] back to you[: {reason}].",
        "{actor} let refund {number} of {amount}[ of payment {payment}] go[ to {buyer}][: {reason}].",
    ),
    "refund.sent": "{actor} sent refund {number} over {amount} by bank transfer[ to {means}].",
    "refund.not_sent": "{actor} noted that refund {number} over {amount} was not sent; it is to be sent as before.",
    "refund.pending": "Refund {number} over {amount} is on its way.",
    "refund.unknown": "The outcome of refund {number} over {amount} is not known yet; we keep asking.",
    "refund.succeeded": Sentence(
        "{supplier} sent {amount} back to you (refund {number}).",
        "Refund {number} over {amount} went back[ to {buyer}].",
    ),
    "refund.failed": "Refund {number} over {amount} did not go through; the money is on the account as before.",
    "refund.came_back": "Refund {number} over {amount} came back from the bank; the money is on the account again.",
    "refund.cancelled": "{actor} took back refund {number} over {amount}; nothing was sent.",
}
