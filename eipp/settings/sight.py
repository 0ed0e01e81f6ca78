"""How operators see what goes on: who may read the figures, and what counts as waiting."""

from eipp.settings import environment

#: Whoever shows it (Authorization: Bearer ...) may read /metrics.
METRICS_TOKEN = environment.secret("EIPP_METRICS_TOKEN")
#: Networks from which /metrics may be read without it.
METRICS_FROM = environment.networks("EIPP_METRICS_FROM", [])
#: Where a worker answers /healthz and /metrics; 0 for nowhere.
WORKER_PORT = environment.number("EIPP_WORKER_PORT", 0, lowest=0, highest=65535)

#: Functions that tell how much waits for a job, and since when (`eipp.kernel.gauges.Backlog`).
BACKLOGS = [
    "eipp.kernel.relays.backlog",
    "documents.checking.backlog",
    "messaging.mail_delivery.backlog",
    "messaging.webhook_sending.backlog",
    "workflows.backlog.backlog",
]
