"""Django's settings. Every one that an operator may choose comes from an EIPP_ variable (`.env.example`)."""

from eipp.settings import environment
from eipp.settings.api import *
from eipp.settings.broker import *
from eipp.settings.database import *
from eipp.settings.logs import *
from eipp.settings.outside import *
from eipp.settings.place import *
from eipp.settings.place import DATA, DEBUG, EXAMPLE_WORLD, HOME
from eipp.settings.security import *
from eipp.settings.sight import *
from eipp.settings.sign_in import *

ROOT_URLCONF = "eipp.urls"
ASGI_APPLICATION = "eipp.asgi.application"
#: Requests that one web process works on at once; each keeps a database connection.
WEB_THREADS = environment.number("EIPP_WEB_THREADS", 8, lowest=1, highest=64)


# Ours first: a page of ours goes before an installed package's of the same name.
INSTALLED_APPS = [
    "eipp.demo",
    "eipp.portal",
    *(["eipp.desk"] if (HOME / "eipp/desk/apps.py").exists() else []),
    "eipp.api",
    "eipp.web",
    "messaging",
    "workflows",
    "eipp.ledger",
    "eipp.gateways",
    "documents",
    "eipp.accounts",
    "eipp.kernel",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "csp",
]

MIDDLEWARE = [
    "eipp.web.middleware.correlation",
    *(["eipp.demo.middleware.follow_the_day"] if EXAMPLE_WORLD else []),
    "eipp.web.health.answering",
    "eipp.web.measuring.measured",
    "eipp.api.problems.everywhere",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "eipp.web.middleware.Acting",
    "django_htmx.middleware.HtmxMiddleware",
]

# The lists in which every listener stands; the kernel calls them in this order.
EVENT_EFFECTS = ["workflows.consequences.follow", "messaging.handing_over.follow"]
EVENT_HINTS = ["eipp.kernel.jobs.wake", "messaging.live.hint"]
EVENT_RELAYS = [
    "messaging.narration.narrate",
    "messaging.notification.notify",
    "messaging.delivery.deliver",
    "messaging.credit_note_mail.mail_credit_notes",
    "messaging.webhook_call.call",
]
#: How long something may wait for its relay when the hint of it was lost.
EVENT_SWEEP_SECONDS = 1
#: How long a request may wait for the broker to take a hint; what it does not take is lost, and harmless.
EVENT_HINT_SECONDS = 0.02

#: By side: the function that fills the rail of its face's frame; it takes the request.
PLACES = {"buyer": "eipp.portal.places.places"}
if (HOME / "eipp/desk/places.py").exists():
    PLACES["supplier"] = "eipp.desk.places.places"
#: Which page shows a row, for mails that lead there: (actor, rows) -> path.
DESTINATIONS = "eipp.web.destinations.destination"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
