"""What a worker runs: `celery -A eipp.worker worker --beat`. The jobs know the models, so Django is set up first."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eipp.settings")
django.setup()

from eipp.kernel.jobs import app  # noqa: E402

__all__ = ["app"]
