"""Django REST framework and the OpenAPI description; what `eipp.api` does differently stands in its base view."""

from eipp.settings import environment

#: For each API key and each person, in each web process; 0 for no limit.
API_REQUESTS_PER_MINUTE = environment.number("EIPP_API_REQUESTS_PER_MINUTE", 60_000, lowest=0, highest=10_000_000)

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "EIPP API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "DESCRIPTION": "Invoices, disputes, approvals and payments for the programs of suppliers and buyers.",
    "SERVE_INCLUDE_SCHEMA": False,
    # The schemas come from msgspec and are complete; the stock hook would rename their enums.
    "POSTPROCESSING_HOOKS": [],
}
