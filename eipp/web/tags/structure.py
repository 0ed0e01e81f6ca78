"""What holds a page together: panels, crumbs, tabs, empty states, steps, timelines, live pieces."""

from collections.abc import Iterable, Sequence
from typing import cast

from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from eipp.kernel.money import Money
from eipp.web.brand import accent
from eipp.web.pieces import Crumb, Entry, Meaning, Step, Tab


def brand_style(context: Context, brand: str) -> SafeString:
    """The brand's accents as a style that the page's CSP nonce vouches for."""
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html('<style nonce="{}">{}</style>', nonce, SafeString(accent(brand).css()))


def live(context: Context, id: str, topics: str | Iterable[str], *, url: str = "") -> SafeString:
    """The attributes of an element that stays true: when one of its topics changes it is fetched again from `url` (this
    page when none is given) and the element of the same id takes its place."""
    request = cast("HttpRequest | None", context.get("request"))
    source = url or (request.get_full_path() if request is not None else "")
    names = topics if isinstance(topics, str) else " ".join(topics)
    return format_html('id="{}" data-live="{}" data-from="{}"', id, names, source)


def panel(
    content: str,
    title: str = "",
    *,
    id: str = "",
    action_label: str = "",
    action_url: str = "",
    level: int = 2,
    boxed: bool = False,
) -> SafeString:
    """A section with its title and, at the end of its line, the way to all of it. `boxed` draws a hairline round it."""
    context = {
        "content": content,
        "title": title,
        "id": id,
        "action_label": action_label,
        "action_url": action_url,
        "level": level,
        "boxed": boxed,
    }
    return render_to_string("ui/panel.html", context)


def notice(content: str, meaning: Meaning, title: str = "") -> SafeString:
    """A sentence that must be read before going on: past due, on hold, read-only."""
    return render_to_string("ui/notice.html", {"content": content, "meaning": meaning, "title": title})


def crumbs(trail: Sequence[Crumb]) -> dict[str, object]:
    return {"trail": trail}


def tabs(entries: Sequence[Tab], *, label: str) -> dict[str, object]:
    return {"entries": entries, "label": label}


def empty(
    title: str,
    text: str = "",
    *,
    icon: str = "",
    label: str = "",
    url: str = "",
    second_label: str = "",
    second_url: str = "",
) -> dict[str, object]:
    """Says what will be here and how to begin."""
    return {
        "title": title,
        "text": text,
        "icon_name": icon,
        "label": label,
        "url": url,
        "second_label": second_label,
        "second_url": second_url,
    }


def stat(label: str, amount: Money | int, *, url: str = "", beside: str = "", meaning: str = "") -> dict[str, object]:
    """A figure that opens the rows it is the sum of. A count is given as a number, an amount as Money."""
    money = amount if isinstance(amount, Money) else None
    return {"label": label, "amount": money, "count": amount, "url": url, "beside": beside, "meaning": meaning}


def steps(entries: Sequence[Step]) -> dict[str, object]:
    return {"steps": entries}


def timeline(entries: Sequence[Entry], *, label: str, earlier_url: str = "") -> dict[str, object]:
    """What happened and what was said, oldest first."""
    return {"entries": entries, "label": label, "earlier_url": earlier_url}


def composer(
    context: Context,
    *,
    action: str,
    to: str,
    id: str = "composer",
    label: str = "",
    internal: bool = False,
    upload_url: str = "",
    purpose: str = "message",
    body_name: str = "body",
    value: str = "",
    error: str = "",
) -> dict[str, object]:
    """Where one writes. `to` names who reads it; `internal=True` offers a note for colleagues only; files go by
    `upload_url` in two steps where scripts run, as `files` with the form where they do not."""
    return {
        "action": action,
        "to": to,
        "id": id,
        "label": label,
        "internal": internal,
        "upload_url": upload_url,
        "purpose": purpose,
        "body_name": body_name,
        "value": value,
        "error": error,
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }


def dropzone(
    *,
    name: str = "files",
    id: str = "files",
    label: str,
    help: str = "",
    multiple: bool = True,
    upload_url: str = "",
    purpose: str = "message",
    accept: str = "",
    error: str = "",
) -> dict[str, object]:
    """Where files are dropped or chosen; see js/upload.js for the two steps."""
    return {
        "name": name,
        "id": id,
        "label": label,
        "help": help,
        "multiple": multiple,
        "upload_url": upload_url,
        "purpose": purpose,
        "accept": accept,
        "error": error,
    }


def skeleton(rows: int = 3) -> dict[str, object]:
    """Keeps the layout still while something loads."""
    return {"rows": range(rows)}


def progress(value: int, most: int, *, label: str, beside: str = "") -> dict[str, object]:
    return {"value": value, "most": most, "label": label, "beside": beside}


def copyable(text: str, *, label: str, id: str) -> dict[str, object]:
    """A piece of code with a button that copies it."""
    return {"text": text, "label": label, "id": id}
