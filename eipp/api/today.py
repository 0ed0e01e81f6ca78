"""Today: the calendar day where the caller's organisation is; overdue is meant by that day."""

from datetime import date
from typing import Any

from eipp.accounts.models import Organisation
from eipp.kernel import clock


def today(actor: Any) -> date:
    organisation = Organisation.objects.visible_to(actor).only("time_zone").get(pk=actor.organisation_id)
    return clock.today(organisation.time_zone)
