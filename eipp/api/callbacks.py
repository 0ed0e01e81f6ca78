"""Callbacks: a payment provider says that something happened; it causes a look at the provider, and is not believed."""

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api.operation import operation
from eipp.api.resource import JsonParser, Resource
from eipp.gateways.gateway import ForgedCallback
from eipp.kernel.refusal import Refusal
from workflows.gateway_talk import note_callback

LARGEST = 256 * 1024


class Noted(msgspec.Struct):
    """It was noted; what became of the payment is asked of the provider itself."""

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
        """Signed by the provider: without a right signature nothing is noted."""
        content: bytes = request._request.body
        if len(content) > LARGEST:
            raise Refusal("too_large", "A callback is not that large.", status=413)
        try:
            note_callback(gateway, request.headers, content)
        except ForgedCallback:
            raise Refusal("wrong_signature", "The signature is not the provider's.", status=400) from None
        return Response(Noted())
