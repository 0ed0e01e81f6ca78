"""Each floor imports only floors below it: the contracts stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.shape.source import ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]


def test_every_import_contract_is_kept() -> None:
    run = subprocess.run(LINT, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_an_import_from_a_floor_above_would_be_noticed(tmp_path: Path) -> None:
    contract = (ROOT / "pyproject.toml").read_text()
    below, above = '    "eipp.accounts",\n    "eipp.kernel",\n', '    "eipp.kernel",\n    "eipp.accounts",\n'
    assert contract.count(below) == 1
    turned = tmp_path / "turned.toml"
    turned.write_text(contract.replace(below, above))
    run = subprocess.run([*LINT, "--config", str(turned)], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 1
    assert "eipp.accounts is not allowed to import eipp.kernel" in run.stdout
