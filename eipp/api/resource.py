"""Resource: what every API view shares: who asks, which rows exist for them, what they wrote, what they are given."""

from typing import Annotated, Any, Generic, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from rest_framework import exceptions, negotiation, parsers, renderers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eipp.api import body, problems
from eipp.api.authentication import KeyAuthentication, SessionAuthentication
from eipp.api.description import Description
from eipp.api.operation import Operation
from eipp.api.throttling import CallerThrottle
from eipp.kernel import paging
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal

Item = TypeVar("Item")


class Query(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every list takes."""

    cursor: Annotated[str, msgspec.Meta(max_length=500, description="From `next` of the page before.")] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=paging.MOST, description="Rows on a page.")] = paging.DEFAULT


class Page(msgspec.Struct, Generic[Item]):
    """One page of a list; `next` is the address of the following one, null at the end."""

    items: list[Item]
    next: str | None


class JsonRenderer(renderers.BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else msgspec.json.encode(data)


class JsonParser(parsers.BaseParser):
    """Says that JSON is taken; the view decodes the bytes into its struct."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return {}


class Negotiation(negotiation.DefaultContentNegotiation):
    """Problems are JSON too: who asks for them alone may have the answer."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:
        return renderers

    def get_accept_list(self, request: Any) -> list[str]:
        accepted: list[str] = super().get_accept_list(request)
        return ["application/json" if kind.startswith(problems.MEDIA_TYPE) else kind for kind in accepted]


class AnyForm(Negotiation):
    """For downloads: the bytes are what they are, whatever the caller would like."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Resource(APIView):
    """Base of all views. Each method carries its `operation`, which says what it needs."""

    authentication_classes: Any = (KeyAuthentication, SessionAuthentication)
    permission_classes = ()
    renderer_classes = (JsonRenderer,)
    parser_classes: Any = (JsonParser,)
    throttle_classes: Any = (CallerThrottle,)
    content_negotiation_class = Negotiation
    metadata_class = None
    schema = Description()
    public = False
    http_method_names = ("get", "head", "post", "patch")

    def get_exception_handler(self) -> Any:
        return problems.handle

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        operation = self.operation
        if operation is None:
            return
        if not self.public:
            self._admit(request, operation)
        if request.GET and operation.query is None:
            body.from_query(_once(request.GET), Nothing)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @property
    def operation(self) -> Operation | None:
        """What the method being called declares; None where there is no such method."""
        name = "get" if self.request.method == "HEAD" else str(self.request.method).lower()
        return getattr(getattr(self, name, None), "operation", None)

    @property
    def actor(self) -> Actor:
        return cast("Actor", self.request.auth)

    def body(self) -> Any:
        """The request's JSON in the struct that its operation declares."""
        operation = self.operation
        assert operation is not None
        return body.read(self.content() or b"{}", operation.body)

    def content(self) -> bytes:
        """The request's bytes; 415 for a content type that is not taken here."""
        content: bytes = self.request._request.body
        if content:
            if not self.request.content_type:
                raise exceptions.UnsupportedMediaType("")
            _ = self.request.data
        return content

    def query(self) -> Any:
        """The request's parameters in the struct that its operation declares."""
        operation = self.operation
        assert operation is not None
        return body.from_query(_once(self.request.GET), operation.query)

    def page(self, rows: QuerySet, query: Any, item: Any, *, order: str = "-id") -> Response:
        """Answer one page of rows, each made by `item(row)`."""
        found, cursor = paging.page(rows, order=order, cursor=query.cursor, limit=query.limit)
        following = _address(self.request, cursor) if cursor else None
        headers = {"Link": f'<{following}>; rel="next"'} if following else None
        return Response(Page([item(row) for row in found], following), headers=headers)

    def find(self, rows: QuerySet, id: UUID) -> Any:
        """One row of those that exist for the actor; whoever may not see it gets 404."""
        return rows.get(pk=id)

    def _admit(self, request: Any, operation: Operation) -> None:
        if request.auth is None:
            raise exceptions.NotAuthenticated("Sign in, or send `Authorization: Bearer <API key>`.")
        if operation.right and not request.auth.may(operation.right):
            raise Refusal("forbidden", f"Your role or your key's scopes lack the right {operation.right}.", status=403)


def _once(parameters: Any) -> dict[str, str]:
    """The parameters; raises Refusal 422 for one that is given twice, since nobody knows which is meant."""
    for name, values in parameters.lists():
        if len(values) > 1:
            raise Refusal("parameter_twice", "Give each parameter once.", status=422, field=f"?{name[:100]}")
    return parameters.dict()


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No parameters, or an empty object."""


def _address(request: Any, cursor: str) -> str:
    """The next page's address: the same question, going on behind the cursor."""
    asked = {**request.GET.dict(), "cursor": cursor}
    return f"{request.path}?{urlencode(asked)}"
