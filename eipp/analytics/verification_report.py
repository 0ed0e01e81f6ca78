"""The report of the nightly check: when everything was recomputed and held against the gateways, and what differed."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from documents.written import day_text
from eipp.analytics.asked import Asked
from eipp.analytics.report import Block, Cell, Column, Report, Rows
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from workflows.verification import Verification, VerificationFinding

MOST_RUNS = 400


def report(actor: Actor, asked: Asked) -> Report:
    """The runs of the period, the last one first; below, each difference that is this supplier's."""
    runs = [row for row in Verification.objects.visible_to(Actor.system("report")).order_by("-started_at")[:MOST_RUNS]
            if asked.first <= clock.today(asked.zone, at=row.started_at) <= asked.last]  # fmt: skip
    findings = VerificationFinding.objects.visible_to(actor).filter(verification__in=runs)
    own = list(findings.select_related("verification").order_by("-verification__started_at", "pk")[:MOST_RUNS])
    counts: dict[object, int] = {}
    for one in own:
        counts[one.verification_id] = counts.get(one.verification_id, 0) + 1
    columns = (Column(_("Night"), "date", lead=True), Column(_("Began")), Column(_("Took")), Column(_("Found")))
    lines = [
        [
            Cell(clock.today(asked.zone, at=run.started_at)), Cell(f"{run.started_at:%H:%M} UTC"),
            Cell(_("%(seconds)s s") % {"seconds": max(1, int((run.ended_at - run.started_at).total_seconds()))}),
            Cell(_("Nothing: all is right") if not run.found else
                 _("%(own)s of yours, %(all)s in all") % {"own": counts.get(run.pk, 0), "all": run.found}),
        ]
        for run in runs
    ]  # fmt: skip
    blocks = [Block(_("Each night"), columns, lines)] if lines else []
    if own:
        what = [[Cell(clock.today(asked.zone, at=one.verification.started_at)), Cell(one.text)] for one in own]
        blocks.append(Block(_("What differed"), (Column(_("Night"), "date", lead=True), Column(_("Difference"))), what))
    return Report(
        _("Nightly check"),
        _("%(first)s to %(last)s") % {"first": day_text(asked.first), "last": day_text(asked.last)},
        blocks,
        [_("Every night all balances, open and held amounts are recomputed from their postings, the record's chain of "
           "hashes is followed, and payments are held against their providers' books.")],
    )  # fmt: skip


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """No figure of this report is a sum of rows."""
    raise KeyError("rows")
