"""Evidence: what the supplier sets against a charge-back."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file as the provider gets it: an invoice, a proof of delivery."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """The supplier's answer in words, and the files that bear it out."""

    text: str
    files: Sequence[EvidenceFile] = ()
