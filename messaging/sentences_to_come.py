"""Sentences about money that is to come: planned, paid by standing order, announced, promised."""

from messaging.sentence import Sentence

TO_COME: dict[str, str | Sentence] = {
    "payment.planned": "{actor} planned payment {number} over {amount}[ for {day}].",
    "payment.planned_by_autopay": Sentence(
        "Autopay {autopay} pays {amount}[ on {day}], unless you skip payment {number} before.",
        "Autopay {autopay}[ of {buyer}] pays {amount}[ on {day}] ({number}).",
    ),
    "autopay.set_up": "{actor} put {payee} on autopay ({number}), with {means}.",
    "autopay.stopped": "Autopay {number} for {payee} was stopped.[ {because}]",
    "autopay.resumed": "{actor} let autopay {number} for {payee} go on.",
    "autopay.ended": "{actor} ended autopay {number} for {payee}.",
    "payment.replanned": "{actor} moved planned payment {number} over {amount}[ to {day}].",
    "payment.lowered": "Planned payment {number} was lowered to {amount}.[ {because}]",
    "payment.unplanned": "Planned payment {number} over {amount} will not be made.[ {because}]",
    "promise.made": "{actor} noted promise {number} of {amount}[ for {day}].",
    "promise.kept": Sentence(
        "Your promise {number} over {amount} is kept.", "Promise {number} over {amount}[ from {buyer}] is kept."
    ),
    "promise.part_kept": Sentence(
        "Of the {amount} that you promised[ for {day}], {came} came.",
        "Of the {amount} promised[ by {buyer}][ for {day}], {came} came.",
    ),
    "promise.broken": Sentence(
        "The {amount} that you promised[ for {day}] did not come.",
        "The {amount} promised[ by {buyer}][ for {day}] did not come.",
    ),
    "promise.withdrawn": "{actor} withdrew promise {number} over {amount}.",
    "announced_payment.made": "{actor} announced a transfer of {amount}[ for {day}] ({number}).",
    "announced_payment.exported": "{actor} took {amount} of announced transfer {number} into a payment file.",
    "announced_payment.paid": Sentence(
        "The transfer {number} over {amount} that you announced arrived.",
        "The transfer {number} over {amount} announced[ by {buyer}] arrived.",
    ),
    "announced_payment.expired": Sentence(
        "The transfer {number} over {amount} that you announced[ for {day}] did not come in full: {came} did.",
        "The transfer {number} over {amount} announced[ by {buyer}][ for {day}] did not come in full: {came} did.",
    ),
    "announced_payment.withdrawn": "{actor} withdrew the announced transfer {number} over {amount}.",
}
