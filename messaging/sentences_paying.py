"""Sentences about what money is paid with, what that costs, and into which accounts."""

from messaging.sentence import Sentence

PAYING: dict[str, str | Sentence] = {
    "bank_details.proposed": "{actor} asked to change the bank details of {name}: {means}.",
    "bank_details.confirmed": "{actor} confirmed the new bank details of {name}: {means}; the wait runs.",
    "bank_details.in_force": "The new bank details of {name} are in force: {means}.",
    "bank_details.refused": "{actor} refused the new bank details of {name}: {means}[: {reason}].",
    "bank_details.cancelled": "{actor} took the change of bank details of {name} back: {means}.",
    "saved_method.requested": "{actor} began to save a way to pay {payee}.",
    "saved_method.verifying": "Two small amounts are on their way into the {means}: type them in to verify it.",
    "saved_method.saved": Sentence(
        "The {means} is saved: {payee} can be paid with it.",
        "A way to pay {payee} was saved[ by {buyer}]: the {means}.",
    ),
    "saved_method.failed": "A way to pay {payee} could not be saved.[ {fault}]",
    "saved_method.changed": "{actor} renamed a saved way to pay {payee}: {means}.",
    "saved_method.shared": "{actor} changed who may pay with the {means}.",
    "saved_method.made_default": "{actor} made the {means} the first choice for {payee}.",
    "saved_method.stopped": Sentence(
        "The {means} can no longer be used to pay {payee}.[ {fault}]",
        "The {means}[ of {buyer}] can no longer be used to pay {payee}.[ {fault}]",
    ),
    "saved_method.expiring": "The {means} for paying {payee} ends on {ends_on}: save its successor before.",
    "saved_method.expired": "The {means} for paying {payee} has ended on {ends_on}: nothing is charged to it any more.",
    "saved_method.removed": "{actor} removed the {means} from the ways to pay {payee}.",
}
