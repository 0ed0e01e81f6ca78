"""Recovery codes: each works once, for the day on which app and passkeys are lost."""

from typing import Any

from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, GenerateRecoveryCodesView, ViewRecoveryCodesView
from django.db import transaction
from django.http import HttpResponse

from eipp.accounts import second_factor
from eipp.web.sign_in.dress import Sensitive


class RecoveryCodes(Sensitive, ViewRecoveryCodesView):
    template_name = "mfa/recovery_codes/index.html"


class NewRecoveryCodes(Sensitive, GenerateRecoveryCodesView):
    """The old ones open nothing any more."""

    template_name = "mfa/recovery_codes/generate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            second_factor.codes_made(self.request.user, request_id=self.request.correlation_id)
        return response


class RecoveryCodesFile(Sensitive, DownloadRecoveryCodesView):
    template_name = "mfa/recovery_codes/download.txt"
