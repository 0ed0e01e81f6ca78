"""What can be pressed: buttons, menus, dialogs and the moves of a machine."""

from collections.abc import Sequence

from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from eipp.web.pieces import Move

VARIANTS = ("primary", "quiet", "danger", "plain")


def button(
    label: str,
    *,
    url: str = "",
    variant: str = "quiet",
    icon: str = "",
    name: str = "",
    value: str = "",
    opens: str = "",
    refused_because: str = "",
    size: str = "",
    wide: bool = False,
    only_icon: bool = False,
    action: str = "",
    form: str = "",
) -> SafeString:
    """A link that looks like a button (`url`), a button that opens a dialog or menu by id (`opens`), or one that sends
    its form. `refused_because` shows it pressed out of reach, with the reason as a sentence."""
    if variant not in VARIANTS:
        raise ValueError(f"A button is one of {', '.join(VARIANTS)}; {variant!r} is none of them.")
    return render_to_string(
        "ui/button.html",
        {
            "label": label,
            "url": url,
            "variant": variant,
            "icon_name": icon,
            "name": name,
            "value": value,
            "opens": opens,
            "refused_because": refused_because,
            "size": size,
            "wide": wide,
            "only_icon": only_icon,
            "action": action,
            "form": form,
        },
    )


def menu(
    content: str,
    label: str,
    *,
    icon: str = "",
    id: str = "",
    side: str = "end",
    only_icon: bool = False,
    plain: bool = False,
) -> SafeString:
    """A menu that opens without scripts. Inside: `<li>`s with a link or a form's button each."""
    context = {
        "content": content,
        "label": label,
        "icon_name": icon,
        "id": id,
        "side": side,
        "only_icon": only_icon,
        "plain": plain,
    }
    return render_to_string("ui/menu.html", context)


def dialog(content: str, id: str, title: str, *, wide: bool = False) -> SafeString:
    """A dialog that `{% button "..." opens=id %}` opens, without scripts as well."""
    return render_to_string("ui/dialog.html", {"content": content, "id": id, "title": title, "wide": wide})


def moves(context: Context, offered: Sequence[Move], *, likely: int = 2, pinned: bool = True) -> dict[str, object]:
    """What one can do now, the likely ones first; on a phone those stay at the foot of the screen (`pinned`)."""
    return {
        "likely": offered[:likely],
        "further": offered[likely:],
        "pinned": pinned,
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }
