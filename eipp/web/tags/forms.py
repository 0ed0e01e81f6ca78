"""Forms that cannot be got wrong: label above, help before the error, the error at its field and summed up."""

from django.forms import BaseForm, BoundField, CheckboxInput, RadioSelect
from django.forms.widgets import CheckboxSelectMultiple, FileInput

CHOICES = (RadioSelect, CheckboxSelectMultiple)


def field(
    bound: BoundField, *, help: str = "", prefix: str = "", suffix: str = "", quiet: bool = False
) -> dict[str, object]:
    """One field of a form. `suffix` stands inside at the end (a currency); `quiet` hides the label from the eye."""
    return {
        "field": bound,
        "control": control(bound, help or str(bound.help_text)),
        "kind": kind(bound),
        "help": help or bound.help_text,
        "prefix": prefix,
        "suffix": suffix,
        "quiet": quiet,
        "optional": not bound.field.required and kind(bound) not in ("check", "hidden"),
    }


def kind(bound: BoundField) -> str:
    """How a field is laid out: hidden, check, choices, file or line."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, CHOICES):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    return "file" if isinstance(widget, FileInput) else "line"


def control(bound: BoundField, help: str) -> str:
    """The field's own element, tied to its help and error for those who hear the page (with Django's own ids)."""
    described = [f"{bound.auto_id}_helptext"] if help else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"class": "input"}
    if described and not bound.use_fieldset:
        attributes["aria-describedby"] = " ".join(described)
    return bound.as_widget(attrs=attributes)


def errors(form: BaseForm) -> dict[str, object]:
    """Every error of a form in one place, each a link to its field; nothing when there is none."""
    at_fields = [
        {"target": bound.id_for_label or bound.auto_id, "label": bound.label, "sentence": sentence}
        for bound in form
        for sentence in bound.errors
    ]
    return {"at_fields": at_fields, "general": list(form.non_field_errors()), "any": bool(form.errors)}
