"""Settings come from the environment: each is documented, each has a default, and a wrong one stops the start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from eipp.settings.environment import VARIABLES
from tests.shape.source import ROOT

SHOW = "from django.conf import settings; print(({expression}))"


def start(tmp_path: Path, expression: str = "settings.DEBUG", **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, with nothing in the environment but these variables."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "eipp.settings"}
    environment |= {"EIPP_DATA": str(tmp_path), **variables}
    command = [sys.executable, "-c", SHOW.format(expression=expression)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    documented = re.findall(r"^(EIPP_[A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(VARIABLES)


def test_settings_read_the_environment_through_one_door() -> None:
    readers = [path for path in (ROOT / "eipp/settings").glob("*.py") if "os.environ" in path.read_text()]
    assert [path.name for path in readers] == ["environment.py"]


def test_with_nothing_set_it_starts(tmp_path: Path) -> None:
    run = start(tmp_path, "settings.DATABASES['default']['ENGINE'], settings.DEBUG, settings.EXAMPLE_WORLD")
    assert run.stdout == "('django.db.backends.sqlite3', False, False)\n"


def test_passwords_are_kept_by_argon2(tmp_path: Path) -> None:
    assert "Argon2" in start(tmp_path, "settings.PASSWORD_HASHERS[0]").stdout


def test_play_money_is_taken_in_the_example_world_alone(tmp_path: Path) -> None:
    assert start(tmp_path, "list(settings.GATEWAYS)").stdout == "['bank_transfer']\n"
    assert "sandbox" in start(tmp_path, "settings.GATEWAYS", EIPP_EXAMPLE_WORLD="1").stdout


def test_the_drawn_secret_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = (start(tmp_path, "settings.SECRET_KEY").stdout for _ in range(2))
    assert len(first) > 50
    assert first == second
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EIPP_PORT", "eighty"),
        ("EIPP_PORT", "70000"),
        ("EIPP_DEBUG", "perhaps"),
        ("EIPP_DATABASE_URL", "mysql://localhost/x"),
        ("EIPP_DATABASE_URL", "postgres://host:notaport/x"),
        ("EIPP_REDIS_URL", "http://localhost"),
        ("EIPP_REDIS_URL", "unix://"),
        ("EIPP_SMTP_URL", "mail.example.com"),
        ("EIPP_S3_ENDPOINT", "s3.example.com"),
        ("EIPP_BASE_URL", "pay.example.com"),
        ("EIPP_LOG_LEVEL", "loud"),
        ("EIPP_STATEMENT_SECONDS", "-1"),
        ("EIPP_DATA", "/dev/null/x"),
        ("EIPP_S3_BUCKET", "Not A Bucket"),
        ("EIPP_CLAMAV_URL", "http://scanner:3310"),
        ("EIPP_METRICS_FROM", "the office"),
        ("EIPP_WORKER_PORT", "-1"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_the_variable(tmp_path: Path, variable: str, value: str) -> None:
    run = start(tmp_path, **{variable: value})
    assert run.returncode == 1
    assert f"WrongSetting: {variable} must be " in run.stderr


S3 = {
    "EIPP_S3_BUCKET": "files",
    "EIPP_S3_ENDPOINT": "https://s3.example.com",
    "EIPP_S3_ACCESS_KEY": "who",
    "EIPP_S3_SECRET_KEY": "known to few",
}


def test_a_bucket_makes_files_lie_in_s3(tmp_path: Path) -> None:
    assert start(tmp_path, "settings.DOCUMENT_STORE").stdout == "documents.store_folder.FolderStore\n"
    shown = "settings.DOCUMENT_STORE, settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['connect-src'][1:]"
    run = start(tmp_path, shown, **S3, EIPP_S3_PUBLIC_ENDPOINT="https://files.example.com")
    assert run.stdout == "('documents.store_s3.S3Store', ['https://files.example.com'])\n"


@pytest.mark.parametrize("missing", S3)
def test_half_a_store_stops_the_start_and_names_what_is_missing(tmp_path: Path, missing: str) -> None:
    run = start(tmp_path, **{name: value for name, value in S3.items() if name != missing})
    assert run.returncode == 1
    assert f"WrongSetting: {missing} must be set as well" in run.stderr
    assert "known to few" not in run.stderr


def test_an_address_for_browsers_alone_is_no_store(tmp_path: Path) -> None:
    run = start(tmp_path, EIPP_S3_PUBLIC_ENDPOINT="https://files.example.com")
    assert "WrongSetting: EIPP_S3_BUCKET must be set as well" in run.stderr


def test_a_wrong_address_is_refused_without_repeating_its_password(tmp_path: Path) -> None:
    run = start(tmp_path, EIPP_DATABASE_URL="mysql://someone:hunter2@host/x")
    assert run.returncode == 1
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize(
    ("address", "broker"),
    [
        ("redis://host:6379/1", "redis://host:6379/1"),
        ("rediss://host:6379/1", "rediss://host:6379/1"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
    ],
)
def test_one_address_of_the_broker_serves_all_its_clients(tmp_path: Path, address: str, broker: str) -> None:
    run = start(tmp_path, "settings.REDIS_URL, settings.CELERY_BROKER_URL", EIPP_REDIS_URL=address)
    assert run.stdout == f"{(address, broker)}\n"


def test_a_data_folder_with_a_long_path_still_gets_a_socket(tmp_path: Path) -> None:
    run = start(tmp_path, "settings.BROKER_SOCKET", EIPP_DATA=str(tmp_path / ("x" * 100)))
    assert len(run.stdout.strip()) < 108
    assert run.stdout.endswith("/valkey.sock\n")


def test_https_makes_cookies_travel_encrypted_only(tmp_path: Path) -> None:
    shown = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.CSRF_TRUSTED_ORIGINS"
    run = start(tmp_path, shown, EIPP_BASE_URL="https://pay.example.com")
    assert run.stdout == "(True, True, ['https://pay.example.com'])\n"
