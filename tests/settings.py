"""The platform's own settings, with the three differences that tests need."""

import tempfile
from pathlib import Path

from eipp.settings import *
from eipp.settings import DATABASES, STORAGES

DATA = Path(tempfile.mkdtemp(prefix="eipp-tests-"))
FILES_FOLDER = DATA / "files"
MAIL_FOLDER = DATA / "mail"
# A file, since threads share it under the same locks as in production; an in-memory database has others.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
# Argon2 is slow by intent; its use is asserted once, where sign-in is tested.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
SECRET_KEY = "only for tests"
