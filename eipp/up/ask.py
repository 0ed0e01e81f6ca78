"""Asks an address and says by the exit code whether it answered 200: the health check of containers without curl."""

import sys
from http.client import HTTPException
from urllib.request import urlopen

SECONDS = 4


def main(words: list[str]) -> int:
    if len(words) != 1 or not words[0].startswith("http://127.0.0.1:"):
        print("Which address of this machine (http://127.0.0.1:...)?", file=sys.stderr)
        return 2
    try:
        with urlopen(words[0], timeout=SECONDS) as answer:  # noqa: S310 (it begins with http, see above)
            return 0 if answer.status == 200 else 1
    except (OSError, HTTPException) as fault:
        print(fault, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
