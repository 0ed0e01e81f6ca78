"""How to reach a human at each supplier, for whoever cannot get in."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from eipp.web.framing import helping
from eipp.web.sign_in.dress import Before


@method_decorator(login_not_required, name="dispatch")
class SupplierHelp(Before, TemplateView):
    template_name = "account/help.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "contacts": helping()}
