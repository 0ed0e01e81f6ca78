"""The platform's own settings, with the few differences that tests need."""

import os
import tempfile
from pathlib import Path

DATA = Path(tempfile.mkdtemp(prefix="eipp-tests-"))
(DATA / "static").mkdir()
os.environ["EIPP_DATA"] = str(DATA)
os.environ["EIPP_SECRET_KEY"] = "only for tests"
os.environ["EIPP_EXAMPLE_WORLD"] = "1"
os.environ.setdefault("EIPP_LOG_LEVEL", "warning")  # so that what a failed test shows is about its fault

from eipp.settings import *  # noqa: E402
from eipp.settings import DATABASES, MIDDLEWARE, STORAGES  # noqa: E402

# A file, since threads share it under the same locks as in production; an in-memory database has others.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
# Argon2 is slow by intent; that it is in use is asserted where settings are tested.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# It reads the day once a second, and whoever counts queries would now and then count one more.
MIDDLEWARE = [each for each in MIDDLEWARE if each != "eipp.demo.middleware.follow_the_day"]
# On a busy machine a hint would now and then be lost, as it may be; what is tested is who hears it.
EVENT_HINT_SECONDS = 2
