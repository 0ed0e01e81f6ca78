"""/showcase/: every component in every state and the pages they make up: for looking, for axe, for page builders."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from eipp.kernel.money import Money
from eipp.web import sample_frames, sample_lists, samples
from eipp.web.frame import Frame
from eipp.web.tags.icons import icon_names
from eipp.web.tags.values import MEANINGS, money_text

DUE = samples.eur(910000)
REASONS = (("damaged", "Damaged"), ("price", "Price differs from the order"), ("quantity", "Quantity"))


class SignIn(forms.Form):
    """The two fields everyone knows."""

    login = forms.CharField(
        label="User name or e-mail address", widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class Specimen(forms.Form):
    """One field of every kind."""

    amount = forms.CharField(
        label="Amount to pay", help_text="What is due is filled in. You may pay less.", initial="4,364.92"
    )
    reason = forms.ChoiceField(label="Reason", choices=REASONS)
    comment = forms.CharField(label="What happened", widget=forms.Textarea, required=False, max_length=500)
    method = forms.ChoiceField(
        label="Pay by", choices=(("card", "Card"), ("sepa", "SEPA debit, Nordwind collects")), widget=forms.RadioSelect
    )
    later = forms.BooleanField(
        label="Pay the rest when the dispute is closed", required=False, help_text="We remind you."
    )
    photo = forms.FileField(label="Photo", required=False, help_text="JPEG, PNG or PDF, at most 20 MB.")

    def clean_amount(self) -> str:
        raise ValidationError("4,9 is less than one cent can say. Write an amount such as 4,364.92.")


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """The page of all components; `?messages=1` shows what was just done as well."""
    messages.success(request, "Approved. The payment of 4,364.92 EUR goes out on 20 Nov 2025.")
    messages.warning(request, "Saved, but Nordwind has not confirmed the address yet.")
    messages.error(request, "RE-2025-00409 is being paid by Ben Okafor at this moment.")
    messages.info(request, "Your list was exported.")
    return render(request, "showcase/components.html", _everything(request, "Showcase"))


@login_not_required
@require_safe
def page(request: HttpRequest, page: str) -> HttpResponse:
    """One of the example pages."""
    if page not in PAGES:
        raise Http404
    template, place = PAGES[page]
    return render(request, template, _everything(request, place) | _of_page(page))


PAGES = {
    "home": ("showcase/home.html", "Home"),
    "invoice": ("showcase/invoice.html", "Invoices"),
    "list": ("showcase/list.html", "Invoices"),
    "desk": ("showcase/desk.html", "Worklist"),
    "entrance": ("showcase/entrance.html", ""),
    "missing": ("404.html", ""),
    "failed": ("500.html", ""),
}


def _of_page(page: str) -> dict[str, Any]:
    if page == "desk":
        return {"frame": _framed(sample_frames.DESK, "Worklist"), "situation": samples.DESK_SITUATION}
    return {}


def _framed(frame: Frame, place: str) -> Frame:
    return replace(frame, places=tuple(replace(one, current=one.name == place) for one in frame.places))


def _everything(request: HttpRequest, place: str) -> dict[str, Any]:
    wrong = Specimen({"amount": "4,9", "reason": "price", "method": ""})
    rows = sample_lists.rows()
    return {
        "frame": _framed(sample_frames.PORTAL, place),
        "icons": sorted(icon_names()),
        "meanings": MEANINGS,
        "amounts": [Money(1243000, "EUR"), Money(-18500, "EUR"), Money(48213, "JPY"), Money(1234567, "KWD")],
        "long_name": sample_frames.BUYER,
        "today": samples.TODAY,
        "now": samples.at(6, 14, 5),
        "due": DUE,
        "open": samples.eur(1243000),
        "pay_label": f"Pay {money_text(DUE)}",
        "form": Specimen(),
        "wrong": wrong,
        "sign_in": SignIn({"login": "anna", "password": ""}) if "wrong" in request.GET else SignIn(),
        "rows": rows,
        "sum_total": samples.eur(2691236),
        "sum_open": samples.eur(2626236),
        "paper": samples.PAPER,
        "situation": samples.SITUATION,
        "crumbs": samples.CRUMBS,
        "tabs": samples.TABS,
        "steps": samples.STEPS,
        "moves": samples.SITUATION.moves,
        "entries": samples.ENTRIES,
        "lately": samples.ENTRIES[1:4],
        "notices": sample_lists.NOTICES,
        "parts": sample_lists.PARTS,
        "apart": sample_lists.APART,
        "waits": sample_lists.WAITS,
        "queue": sample_lists.QUEUE,
        "files": samples.FILES,
        "contact": sample_frames.HELP,
        "curl": sample_lists.CURL,
    }
