"""Runs every measurement, one after the other, each in a process of its own."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """The exit code is 0 when all of them could measure; whether goals are reached stands in their lines."""
    measurements = [path.stem for path in sorted(Path(__file__).parent.glob("*.py")) if _measures(path)]
    failed = [name for name in measurements if subprocess.run([sys.executable, "-m", f"bench.{name}"]).returncode]
    for name in failed:
        print(f"bench.{name} failed", file=sys.stderr)
    return 1 if failed else 0


def _measures(path: Path) -> bool:
    return path.stem != "__main__" and 'if __name__ == "__main__":' in path.read_text()


if __name__ == "__main__":
    sys.exit(main())
