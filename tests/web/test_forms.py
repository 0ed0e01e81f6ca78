"""Fields and their errors, for those who see the page and those who hear it."""

from django import forms
from django.template import Context, Template


class Pay(forms.Form):
    amount = forms.CharField(label="Amount", help_text="What is due is filled in.")
    method = forms.ChoiceField(label="Pay by", choices=[("card", "Card")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def rendered(source: str, form: forms.Form) -> str:
    return Template("{% load ui %}" + source).render(Context({"form": form}))


def test_a_field_has_its_label_above_and_its_help_tied_to_it() -> None:
    html = rendered('{% field form.amount suffix="EUR" %}', Pay())
    assert '<label for="id_amount">Amount</label>' in html
    assert 'aria-describedby="id_amount_helptext"' in html
    assert 'id="id_amount_helptext">What is due is filled in.' in html
    assert "EUR" in html


def test_an_error_stands_at_its_field_after_the_help_and_is_read_with_it() -> None:
    html = rendered("{% field form.amount %}", Pay({"amount": ""}))
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_amount_helptext") < html.index('id="id_amount_error"') < html.index("<input")


def test_errors_are_summed_up_with_links_to_their_fields() -> None:
    form = Pay({"amount": ""})
    form.add_error(None, "Nothing was paid.")
    html = rendered("{% errors form %}", form)
    assert 'role="alert"' in html
    assert "Nothing was paid." in html
    assert '<a href="#id_amount">Amount: This field is required.</a>' in html
    assert '<a href="#id_method">' in html
    assert 'id="id_method"' in rendered("{% field form.method %}", form)


def test_nothing_is_summed_up_where_nothing_is_wrong() -> None:
    assert rendered("{% errors form %}", Pay()).strip() == ""


def test_what_was_typed_is_still_there_after_an_error() -> None:
    html = rendered("{% field form.note %}", Pay({"amount": "", "note": 'x"<y'}))
    assert 'value="x&quot;&lt;y"' in html


def test_a_field_that_may_stay_empty_says_so() -> None:
    assert "optional" in rendered("{% field form.note %}", Pay())
    assert "optional" not in rendered("{% field form.amount %}", Pay())


def test_choices_are_one_group_with_one_name() -> None:
    html = rendered("{% field form.method %}", Pay())
    assert "<fieldset" in html
    assert "<legend" in html
