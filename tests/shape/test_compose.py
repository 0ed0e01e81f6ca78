"""compose.yaml, Dockerfile and .env.example fit the code and each other (no container engine is needed to see that)."""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from eipp.settings.environment import VARIABLES
from eipp.up.children import die_with_parent
from eipp.up.one import PROCESSES
from tests.servers.seaweedfs import free_ports
from tests.shape.source import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {"prepare", "web", "worker", "beat"}
THEIRS = {"db", "valkey", "seaweedfs", "mail", "clamav"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


def interpolated() -> Iterator[tuple[str, str]]:
    """Every ${NAME...} of compose.yaml, with what stands behind the name: a default, or why it must be given."""
    text = re.sub(r"\$\$", "", (ROOT / "compose.yaml").read_text())
    yield from re.findall(r"\$\{([A-Z0-9_]+)((?::?[-?][^}]*)?)\}", text)


def test_every_part_is_there_and_says_how_it_is() -> None:
    assert set(SERVICES) == OURS | THEIRS
    for name, service in SERVICES.items():
        if name != "prepare":  # it ends
            assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
            assert service["restart"] == "unless-stopped", name


def test_our_processes_run_commands_that_the_code_has() -> None:
    for name in OURS:
        assert SERVICES[name]["command"] == ["python", "-m", "eipp.up.one", name]
        assert name in PROCESSES
    assert set(PROCESSES) == OURS
    started = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert started and json.loads(started[1]) == ["python", "-m", "eipp.up.one", "web"]


def test_web_worker_and_beat_can_be_many_each_by_itself() -> None:
    for name in OURS:
        assert "container_name" not in SERVICES[name]
    assert re.search(r"-8009\}:8000$", SERVICES["web"]["ports"][0])
    assert all("ports" not in SERVICES[name] for name in OURS - {"web"})


def test_nothing_of_ours_begins_before_what_it_needs() -> None:
    for name in OURS - {"prepare"}:
        needs = SERVICES[name]["depends_on"]
        assert needs["prepare"] == {"condition": "service_completed_successfully"}
        assert {part for part, how in needs.items() if how["condition"] == "service_healthy"} >= {
            "db", "valkey", "seaweedfs"
        }  # fmt: skip


def test_every_variable_is_a_setting_and_documented() -> None:
    documented = set(re.findall(r"^([A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
    used = {name for name, _ in interpolated()} | {
        name for service in OURS for name in SERVICES[service]["environment"]
    }
    assert used <= documented
    assert {name for name in used if name.startswith("EIPP_")} <= VARIABLES


def test_no_secret_has_a_default_and_none_stands_in_a_file() -> None:
    secret = re.compile(r"SECRET|PASSWORD|ACCESS_KEY|TOKEN")
    for name, behind in interpolated():
        if secret.search(name):
            assert behind.startswith(":?"), name
    for name, value in re.findall(r"^([A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE):
        assert not (secret.search(name) and value), name


def test_what_must_not_be_lost_lies_in_volumes() -> None:
    kept = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert kept == set(COMPOSE["volumes"]) == {"db", "files", "signatures"}
    assert all("volumes" not in SERVICES[name] for name in OURS)


def test_ports_are_for_this_machine_alone_until_somebody_decides() -> None:
    for name, service in SERVICES.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_every_image_has_a_version() -> None:
    for name in THEIRS:
        image, _, tag = SERVICES[name]["image"].partition(":")
        assert re.match(r"v?\d", tag), (name, image)


def test_the_image_is_built_of_locked_packages_and_runs_as_nobody_special() -> None:
    stages = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(stages) == 2 and len(set(stages)) == 1
    assert "--require-hashes --requirement requirements.lock" in DOCKERFILE
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["eipp"]
    assert DOCKERFILE.index("USER eipp") > DOCKERFILE.index("useradd")
    assert "COPY . " not in DOCKERFILE and "ADD " not in DOCKERFILE


def test_what_the_image_copies_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    copied = set()
    for words in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        copied |= set(words.split()[:-1])
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
    assert "*" in ignored
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in ("tests", "bench")}
    assert packages <= copied


@pytest.mark.servers
def test_the_store_takes_the_arguments_and_the_identities_that_compose_gives_it() -> None:
    identities = COMPOSE["configs"]["seaweedfs"]["content"]
    for name, value in (("EIPP_S3_ACCESS_KEY", "who"), ("EIPP_S3_SECRET_KEY", "known to few")):
        identities = identities.replace(f"${{{name}:?}}", value)
    assert json.loads(identities)["identities"][0]["credentials"] == [{"accessKey": "who", "secretKey": "known to few"}]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        (Path(folder) / "s3.json").write_text(identities)
        master, volume, filer, s3 = free_ports(4)
        here = {"-dir": folder, "-ip": "127.0.0.1", "-ip.bind": "127.0.0.1", "-s3.port": str(s3),
                "-s3.config": f"{folder}/s3.json", "-s3.allowedOrigins": "https://pay.example.com"}  # fmt: skip
        words = [word.split("=")[0] + f"={here[word.split('=')[0]]}" if word.split("=")[0] in here else word
                 for word in SERVICES["seaweedfs"]["command"]]  # fmt: skip
        words += [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"]
        weed = str(Path(sys.executable).with_name("weed"))
        process = subprocess.Popen(
            [weed, *words], cwd=folder, stdout=-3, stderr=-3, env={"HOME": folder}, preexec_fn=die_with_parent()
        )
        try:
            check = SERVICES["seaweedfs"]["healthcheck"]["test"][-1].replace(":8333", f":{s3}")
            assert _answers(check) == 200
        finally:
            process.kill()
            process.wait()


def _answers(address: str) -> int:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return httpx.get(address, timeout=2).status_code
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError(address)
