"""The shape of every template: nothing that a strict content policy would stop, nothing that is not there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from eipp.web.tags.icons import icon_names
from eipp.web.templatetags import ui

WEB = Path(ui.__file__).parent.parent
TEMPLATES = sorted(
    path for path in settings.HOME.glob("**/templates/**/*.html") if not {".venv", "node_modules"} & set(path.parts)
)
#: Mail programs know no style sheet of ours, and no policy of ours stands around them.
MAILS = [path for path in TEMPLATES if "mail" in path.parent.parts]
INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without a file": r"<script\b(?![^>]*\bsrc=)",
    "an event handler": r"<[a-z][^>]*\son[a-z]+\s*=",
    "a javascript address": r"javascript:",
    "something from another host": r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}


def faults(source: str) -> list[str]:
    return [fault for fault, pattern in INLINE.items() if re.search(pattern, source, re.IGNORECASE)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.HOME)))
def test_a_template_holds_nothing_inline(path: Path) -> None:
    allowed = {"a style attribute", "a style element"} if path in MAILS else set()
    assert set(faults(path.read_text(encoding="utf-8"))) <= allowed


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<script src="https://elsewhere.example/x.js"></script>',
    ],
)
def test_the_shape_test_sees_each_fault(source: str) -> None:
    assert faults(source)


def test_every_icon_that_is_named_in_a_template_is_drawn() -> None:
    named = re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']""")
    used = {one or other for path in TEMPLATES for one, other in named.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 20
    assert used <= icon_names()


def test_every_file_that_the_frame_links_is_there() -> None:
    source = (WEB / "templates" / "base.html").read_text(encoding="utf-8")
    linked = re.findall(r"{% static '([^']+)' %}", source)
    assert len(linked) > 20
    assert [name for name in linked if not (WEB / "static" / name).is_file()] == []


def test_every_stylesheet_and_script_is_linked() -> None:
    source = (WEB / "templates" / "base.html").read_text(encoding="utf-8")
    files = [*(WEB / "static" / "css").rglob("*.css"), *(WEB / "static" / "js").glob("*.js")]
    assert [path.name for path in files if path.name not in source] == []


def test_scripts_stand_alone_so_that_hashed_names_never_miss_each_other() -> None:
    for path in (WEB / "static" / "js").glob("*.js"):
        assert not re.search(r"^\s*(import|export)\b", path.read_text(encoding="utf-8"), re.MULTILINE), path.name


def test_every_tag_is_described_where_page_engineers_read() -> None:
    handbook = ui.__doc__ or ""
    missing = [name for name in ui.register.tags if not re.search(rf"{{% {name}\b", handbook)]
    missing += [name for name in ui.register.filters if f"|{name} }}}}" not in handbook]
    assert missing == []


def test_only_the_tokens_name_colours() -> None:
    """Series colours of charts stand beside their tones; everything else asks the tokens."""
    allowed = {"tokens.css", "figures.css", "values.css"}
    named = {
        path.name
        for path in (WEB / "static" / "css").rglob("*.css")
        if re.search(r"#[0-9a-f]{3,8}\b", path.read_text(encoding="utf-8"))
    }
    assert named <= allowed
