"""Lists that are steered by the URL: heads that sort, chips that filter, pages by cursor."""

from typing import cast

from django.http import HttpRequest, QueryDict
from django.template.context import Context

PAGING = ("after", "before", "page")


def sort_head(
    context: Context, label: str, key: str, *, align: str = "start", default: bool = False, parameter: str = "sort"
) -> dict[str, object]:
    """A head that sorts: first upwards (`?sort=key`), pressed again downwards (`?sort=-key`). `default` is the order
    that the list has when the URL names none; `align="end"` for figures."""
    query = _query(context)
    chosen = query.get(parameter, key if default else "")
    order = {key: "ascending", f"-{key}": "descending"}.get(chosen, "")
    following = f"-{key}" if order == "ascending" else key
    return {"label": label, "url": _url(query, parameter, following), "order": order, "align": align}


def chip(context: Context, label: str, parameter: str, value: str, *, count: int | None = None) -> dict[str, object]:
    """A filter in the URL, pressed or not; several values of one parameter may stand together. An empty `value` is the
    chip for all."""
    query = _query(context)
    chosen = query.getlist(parameter)
    pressed = value in chosen if value else not any(chosen)
    rest = [] if not value else [one for one in chosen if one and one != value] + ([] if pressed else [value])
    return {"label": label, "pressed": pressed, "count": count, "url": _url(query, parameter, *rest)}


def pages(
    context: Context, *, next: str = "", previous: str = "", shown: str = "", parameter: str = "after"
) -> dict[str, object]:
    """Paging by cursor: `next` and `previous` are cursors or empty; `shown` says what is seen ("1 to 25 of 812")."""
    query = _query(context)
    before = "before" if parameter == "after" else parameter
    return {
        "shown": shown,
        "next_url": _url(query, parameter, next) if next else "",
        "previous_url": _url(query, before, previous) if previous else "",
    }


def search_box(context: Context, *, label: str, parameter: str = "q", id: str = "list-search") -> dict[str, object]:
    """The search of one list; it keeps the filters that are set."""
    query = _query(context)
    kept = [(key, value) for key, values in query.lists() for value in values if key not in (parameter, *PAGING)]
    return {"label": label, "parameter": parameter, "id": id, "value": query.get(parameter, ""), "kept": kept}


def _query(context: Context) -> QueryDict:
    request = cast("HttpRequest | None", context.get("request"))
    return request.GET if request is not None else QueryDict()


def _url(query: QueryDict, parameter: str, *values: str) -> str:
    """The same list with one parameter changed, from its first page."""
    changed = query.copy()
    for paging in PAGING:
        changed.pop(paging, None)
    changed.setlist(parameter, list(values))
    return f"?{changed.urlencode()}"
