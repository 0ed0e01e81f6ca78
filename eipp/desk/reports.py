"""Reports on the supplier's side: the catalogue, one report, and the rows of a figure."""

from django.urls import URLPattern, path

from eipp.analytics.catalogue import reports_of
from eipp.web.reports import ReportRowsView, ReportsView, ReportView


class ReportsPage(ReportsView):
    """What can be asked."""

    side = "supplier"
    face = "desk"


class ReportPage(ReportView):
    """One answer."""

    side = "supplier"
    face = "desk"


class ReportRowsPage(ReportRowsView):
    """What one of its figures is the sum of."""

    side = "supplier"
    face = "desk"


def addresses() -> list[URLPattern]:
    """An address for each report and for its rows."""
    return [
        pattern
        for name in reports_of("supplier")
        for pattern in (
            path(f"reports/{name}/", ReportPage.as_view(report=name), name=f"report-{name}"),
            path(f"reports/{name}/rows/", ReportRowsPage.as_view(report=name), name=f"report-{name}-rows"),
        )
    ]
