"""Sentences about the payment providers and the ways of paying that a supplier offers."""

GATEWAYS: dict[str, str] = {
    "gateway_account.changed": "{actor} changed the account of {payee} at {name}.",
    "method_rule.set": "{actor} set when {payee} offers {name}[: {reason}].",
    "method_rule.removed": "{actor} removed the rule by which {payee} offers {name}.",
}
