"""A throw-away SeaweedFS: a real S3 that judges presigned POSTs itself."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from eipp.up.children import die_with_parent

BUCKET, ACCESS_KEY, SECRET_KEY = "eipp-tests", "tests", "only for tests"
GRPC = 10_000  # SeaweedFS opens each port once more, so much higher


@dataclass(frozen=True)
class SeaweedFS:
    """Where it listens; its one bucket is there already."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """The EIPP_ variables that make it the platform's store."""
        return {
            "EIPP_S3_BUCKET": BUCKET, "EIPP_S3_ENDPOINT": self.endpoint,
            "EIPP_S3_ACCESS_KEY": ACCESS_KEY, "EIPP_S3_SECRET_KEY": SECRET_KEY,
        }  # fmt: skip

    def client(self) -> Any:
        """A client of the tests' own, beside the platform's."""
        return boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
            region_name="us-east-1",
            config=Config(
                s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=5
            ),
        )  # fmt: skip


@contextmanager
def seaweedfs() -> Iterator[SeaweedFS]:
    """Yields it once a real put worked; it is gone with all it held afterwards."""
    with tempfile.TemporaryDirectory(prefix="seaweedfs-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "data").mkdir()
        identity = {
            "name": "eipp",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        master, volume, filer, s3 = free_ports(4)
        command = [
            str(Path(sys.executable).with_name("weed")), "server", f"-dir={folder}/data",
            "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}", f"-volume.port={volume}",
            "-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}", f"-s3.config={folder}/s3.json",
            "-volume.max=20", "-master.volumeSizeLimitMB=64", "-master.telemetry=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0",  # ports that two of them on one machine would both want
        ]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=folder, env={"PATH": os.environ["PATH"], "HOME": name},
                preexec_fn=die_with_parent(),
            )  # fmt: skip
        try:
            server = SeaweedFS(f"http://127.0.0.1:{s3}")
            _await_put(server, process, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _await_put(server: SeaweedFS, process: "subprocess.Popen[bytes]", log: Path, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    client = server.client()
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
        except (BotoCoreError, ClientError) as error:
            made = "BucketAlready" in str(error)
        else:
            made = True
        try:
            client.put_object(Bucket=BUCKET, Key="first", Body=b"1")
        except (BotoCoreError, ClientError):
            if time.monotonic() > end or process.poll() is not None:
                raise TimeoutError(f"bucket made: {made}\n{log.read_text()[-3000:]}") from None
            time.sleep(0.1)
        else:
            return


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody holds, each with its higher twin."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as probe, socket.socket() as twin:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                twin.bind(("127.0.0.1", port + GRPC))
            except (OSError, OverflowError):
                continue
        if port not in found:
            found.append(port)
    return found
