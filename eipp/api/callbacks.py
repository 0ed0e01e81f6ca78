"""Callbacks: a payment provider says that something happened; it is stored, causes a look, and is not believed."""

from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api.operation import operation
from eipp.api.resource import JsonParser, Resource
from eipp.gateways.gateway_account import GatewayAccount, account_at
from eipp.gateways.reported import ForgedCallback
from eipp.kernel.refusal import Refusal
from workflows.callback import note_callback

LARGEST = 256 * 1024


class Noted(msgspec.Struct):
    """noted: whether it is about something of ours; what became of that is asked of the provider itself."""

    noted: bool = True


class AnyParser(JsonParser):
    """Providers write in the form they like; the signature is over the bytes."""

    media_type = "*/*"


class Callback(Resource):
    authentication_classes = ()
    throttle_classes = ()
    parser_classes = (AnyParser,)
    public = True

    @operation(
        "Take a provider's callback", right="", tag="callbacks", answers={200: Noted},
        media={"application/json": {"type": "object"}},
    )  # fmt: skip
    def post(self, request: Request, gateway: str) -> Response:
        """Signed by the provider, and stored before it is answered. Of what it says, nothing is believed."""
        return _noted(request, gateway, None)


class AccountCallback(Callback):
    @operation(
        "Take a provider's callback for one payee", right="", tag="callbacks", answers={200: Noted},
        media={"application/json": {"type": "object"}},
    )  # fmt: skip
    def post(self, request: Request, gateway: str, account: UUID) -> Response:
        """As without the account; signed with the secret that this payee has with the provider."""
        if (found := account_at(gateway, account)) is None:
            raise Refusal("not_found", "There is no such address for callbacks.", status=404)
        return _noted(request, gateway, found)


def _noted(request: Request, gateway: str, account: GatewayAccount | None) -> Response:
    content: bytes = request._request.body
    if len(content) > LARGEST:
        raise Refusal("too_large", "A callback is not that large.", status=413)
    try:
        row = note_callback(gateway, request.headers, content, account=account)
    except ForgedCallback:
        raise Refusal("wrong_signature", "The signature is not the provider's.", status=400) from None
    return Response(Noted(row.verdict == "heard"))
