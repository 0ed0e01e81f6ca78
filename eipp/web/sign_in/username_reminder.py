"""User-name reminder: mailed to the address on record; the same answer and the same work whether it is known or not."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView

from eipp.accounts.person import Person
from eipp.accounts.plain_text import folded
from eipp.web.sign_in.dress import Before


class ReminderForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))


@method_decorator(login_not_required, name="dispatch")
class RemindUsername(Before, FormView):
    """One mail goes out, to the address on record where there is one, else to the one typed: only its owner learns."""

    form_class = ReminderForm
    template_name = "account/username_reminder.html"
    success_url = reverse_lazy("account_username_reminded")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = folded(request.POST.get("email", "").strip())[:254]
        refused = ratelimit.consume_or_429(request, action="remind_username", key=key)
        return refused or super().post(request, *args, **kwargs)

    def form_valid(self, form: ReminderForm) -> HttpResponse:
        typed = form.cleaned_data["email"]
        person = Person.objects.find(typed)
        if person is None or not person.is_active:
            get_adapter().send_mail("account/email/unknown_account", typed, {})
        else:
            get_adapter().send_mail("account/email/username_reminder", person.email, {"person": person})
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class UsernameReminded(Before, TemplateView):
    """The same words for everybody."""

    template_name = "account/username_reminded.html"
