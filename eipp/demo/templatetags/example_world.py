"""What the sign-in page shows of the example world."""

from django import template

from eipp.demo import entrance

register = template.Library()


@register.simple_tag
def example_call() -> str:
    """The `curl` call that posts an invoice."""
    return entrance.call()
