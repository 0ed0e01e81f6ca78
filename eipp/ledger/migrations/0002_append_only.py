"""Postings and applications are only ever added: the database refuses the rest."""

from django.db import migrations

from eipp.kernel import append_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [append_only.Guard("ledger_posting"), append_only.Guard("ledger_application")]
