"""Download: a file that was made on the spot, such as a paper or a table, handed to whoever asked for it."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from documents.name import clean_name
from documents.pdf import MEDIA_TYPE
from documents.sheet import KINDS

#: The media type of each kind of file that is made here, by its ending.
MEDIA_TYPES = {"pdf": MEDIA_TYPE, "xml": "application/xml", **KINDS}


def download(content: bytes, *, name: str) -> HttpResponse:
    """The bytes, only to be saved, under a clean name whose ending says what they are."""
    name = clean_name(name)
    response = HttpResponse(content, content_type=MEDIA_TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
