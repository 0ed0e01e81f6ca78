"""Our own icons: one hand-drawn sprite, static/icons.svg."""

import re
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = Path(__file__).parent.parent / "static" / "icons.svg"


@cache
def icon_names() -> frozenset[str]:
    """Every icon that is drawn."""
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text(encoding="utf-8")))


def icon(name: str, *, label: str = "", size: str = "") -> SafeString:
    """An icon in the colour of its text. Without `label` it is decoration and silent; sizes: small, large."""
    if name not in icon_names():
        raise ValueError(f"There is no icon {name!r} in icons.svg.")
    voice = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    wide = format_html(' data-size="{}"', size) if size else ""
    address = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="icon"{} {} focusable="false"><use href="{}"></use></svg>', wide, voice, address)
