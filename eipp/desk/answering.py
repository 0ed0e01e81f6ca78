"""Answering: in pages with a thread, the buyer's last word waits until it is answered or needs no answer."""

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from eipp.desk.waiting import SETTLES, question_about
from eipp.kernel.events import kind_of
from eipp.kernel.refusal import Refusal
from eipp.web.pages import Page
from messaging.thread import Message, post_message


class Answering(Page):
    """Mixed into a page whose `matter` is the row that the thread is about."""

    @property
    def matter(self) -> Any:
        """The row that is talked about."""
        raise TypeError("a page with a thread says what the thread is about")

    @cached_property
    def question(self) -> Message | None:
        """The buyer's unanswered word, for those who may say that it needs no answer."""
        actor = self.request.actor
        if not (actor.may("thread.write") and actor.may("thread.internal")):
            return None
        return question_about(actor, kind_of(self.matter), self.matter.pk)

    def settle(self) -> str:
        """Keep a note for colleagues that no answer is needed; it leaves the worklist."""
        question = self.question
        if question is None:
            raise Refusal("nothing_to_answer", _("Somebody has answered meanwhile."))
        post_message(
            self.request.actor, question.thread, _("No answer is needed."), internal=True,
            client_id=f"{SETTLES}{question.sequence}",
        )  # fmt: skip
        return _("It is off the worklist; your colleagues see a note in the thread.")
