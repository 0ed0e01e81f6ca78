"""Plain requests a second by the bridge, against Django's own ASGI handler: same view, same server, same flags."""

import json
import statistics

import uvloop

from bench.load import rate
from tests.servers.web import served

GOAL, ROUNDS = 5.0, 3


def main() -> None:
    """Print one JSON object; the rates are medians of rounds that alternate."""
    rates: dict[str, list[float]] = {"ours": [], "baseline": []}
    for _ in range(ROUNDS):
        for name, measured in rates.items():
            with served(f"bench.plain_site:{name}") as port:
                measured.append(uvloop.run(rate(port, "/")))
    ours, baseline = (statistics.median(rates[name]) for name in ("ours", "baseline"))
    line = {"name": "plain_http", "ours": round(ours), "baseline": round(baseline), "unit": "requests/s"}
    print(json.dumps({**line, "ratio": round(ours / baseline, 2), "goal": GOAL}))


if __name__ == "__main__":
    main()
