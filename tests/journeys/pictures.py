"""The pictures of the README, taken by the project itself: `make pictures` writes docs/pictures/*.png.

A platform is started with the example world, looked at in a real browser, and stopped.
"""

import tempfile
from pathlib import Path
from typing import Any

from tests.journeys.visitor import Visitor
from tests.servers.chromium import chromium
from tests.servers.platform import Platform, dashed, platform
from tests.shape.source import ROOT

FOLDER = ROOT / "docs" / "pictures"
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1.5}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2, "is_mobile": True}
#: The invoice and the dispute of which most is to be seen: a question that waits for its answer.
ASKED = "SELECT {what} FROM workflows_dispute d JOIN accounts_customeraccount a ON a.id = d.account_id " \
        "WHERE a.number = '10001' AND d.state = 'asked' ORDER BY d.id DESC LIMIT 1"  # fmt: skip


def main() -> None:
    """Take every picture in both themes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="pictures-") as folder,
        platform(Path(folder)) as running,
        chromium() as browser,
    ):
        for name, username, path, view in _motifs(running):
            for theme in ("light", "dark"):
                visitor = Visitor(browser, running.url, color_scheme=theme, **view)
                visitor.sign_in(username, running.person(username)["password"])
                visitor.page.goto(path)
                visitor.page.screenshot(path=FOLDER / f"{name}-{theme}.png")
                visitor.context.close()


def _motifs(running: Platform) -> list[tuple[str, str, str, dict[str, Any]]]:
    invoice, dispute = (dashed(running.rows(ASKED.format(what=what))[0][0]) for what in ("d.invoice_id", "d.id"))
    return [
        ("portal", "anna", "/", WIDE),
        ("invoice", "anna", f"/invoices/{invoice}/", WIDE),
        ("desk", "clara", f"/desk/?item=dispute-{dispute}", WIDE),
        ("phone", "anna", f"/invoices/{invoice}/", PHONE),
    ]


if __name__ == "__main__":
    main()
