"""What this installation talks to outside itself: a mail server, an object store, receivers of webhooks."""

import hashlib

from eipp.settings import environment
from eipp.settings.place import DATA, EXAMPLE_WORLD, SECRET_KEY

# Every mail is a row first; a job sends it by this server, or into the folder when there is none.
EMAIL_BACKEND = "messaging.mail.OutboxBackend"
SMTP_URL = environment.url("EIPP_SMTP_URL", "", schemes=("smtp", "smtp+tls", "smtps"))
MAIL_FOLDER = DATA / "mail"
DEFAULT_FROM_EMAIL = environment.text("EIPP_MAIL_FROM", "Invoices <invoices@localhost>")
#: What the mail server shows when it posts reports of mails that came back to /mail/reports/; empty: none are taken.
MAIL_REPORT_KEY = environment.secret("EIPP_MAIL_REPORT_KEY")

# Without a bucket, files lie in the folder.
S3_BUCKET = environment.text("EIPP_S3_BUCKET", shape=r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
S3_ENDPOINT = environment.url("EIPP_S3_ENDPOINT", "", schemes=("http", "https"))
#: The store's address as browsers reach it, when it differs from S3_ENDPOINT.
S3_PUBLIC_ENDPOINT = environment.url("EIPP_S3_PUBLIC_ENDPOINT", S3_ENDPOINT, schemes=("http", "https"))
S3_REGION = environment.text("EIPP_S3_REGION", "us-east-1")
S3_ACCESS_KEY = environment.secret("EIPP_S3_ACCESS_KEY")
S3_SECRET_KEY = environment.secret("EIPP_S3_SECRET_KEY")
environment.together("EIPP_S3_BUCKET", "EIPP_S3_ENDPOINT", "EIPP_S3_ACCESS_KEY", "EIPP_S3_SECRET_KEY")
environment.only_with("EIPP_S3_BUCKET", "EIPP_S3_PUBLIC_ENDPOINT")
FILES_FOLDER = DATA / "files"
DOCUMENT_STORE = "documents.store_s3.S3Store" if S3_BUCKET else "documents.store_folder.FolderStore"
#: The scanner that every file passes before it is served; empty for a check of the content alone.
CLAMAV_URL = environment.url("EIPP_CLAMAV_URL", "", schemes=("tcp", "unix"), path_only=("unix",))
#: Fonts for papers in scripts that the built-in ones (Latin, Greek, Cyrillic, Hebrew, Arabic) lack.
PDF_FONTS = environment.text("EIPP_PDF_FONTS")

#: Addresses of this network that outgoing calls may reach all the same (host or host:port); empty for a real one.
OUTSIDE_ALLOW = environment.listed("EIPP_OUTSIDE_ALLOW", [])

# Ways of paying: a name and the class that keeps the contract of eipp.gateways.gateway. Play money settles only
# what the example companies owe.
_OTHERS = {"stripe": "eipp.gateways.stripe.Stripe"}
GATEWAYS = {
    **({"sandbox": "eipp.gateways.sandbox.Sandbox"} if EXAMPLE_WORLD else {}),
    **{
        name: _OTHERS[environment.known(name, _OTHERS, "EIPP_GATEWAYS")]
        for name in environment.listed("EIPP_GATEWAYS", [])
    },
    "bank_transfer": "eipp.gateways.bank_transfer.BankTransfer",
}
environment.refuse_inside(OUTSIDE_ALLOW, GATEWAYS, harmless={"sandbox", "bank_transfer"})
#: Seconds after which a payment provider that does not answer is asked again later.
GATEWAY_SECONDS = environment.number("EIPP_GATEWAY_SECONDS", 10, lowest=1, highest=60)
#: Where Stripe is reached; empty for Stripe itself, another only on this machine.
STRIPE_URL = ""
#: So many days a bank transfer is waited for; then its invoices can be paid in another way.
TRANSFER_DAYS = environment.number("EIPP_TRANSFER_DAYS", 14, lowest=1, highest=365)
#: Banking days between the confirmation of a change of bank details and the day on which it counts.
BANK_DETAILS_DAYS = environment.number("EIPP_BANK_DETAILS_DAYS", 2, lowest=1, highest=30)
# For how many banking days after its day the money of an announced payment is waited for.
ANNOUNCED_PAYMENT_DAYS = environment.number("EIPP_ANNOUNCED_PAYMENT_DAYS", 5, lowest=0, highest=60)
#: The sandbox provider signs its callbacks with a key of its own, as a real provider does.
SANDBOX_SECRET = hashlib.sha256(f"sandbox\n{SECRET_KEY}".encode()).hexdigest()
