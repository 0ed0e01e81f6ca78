"""Documentation: the OpenAPI description and the page to try the API, from this installation alone."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer


@cache
def description() -> bytes:
    """The description in YAML; the addresses do not change while the process lives."""
    schema: Any = SchemaGenerator().get_schema(public=True)
    return OpenApiYamlRenderer().render(schema, renderer_context={})


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(description(), content_type="application/yaml")


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    return render(request, "api/explorer.html")
