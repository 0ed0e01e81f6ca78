"""Finding words inside numbers and names among very many invoices."""

from django.db import migrations

from eipp.ledger.search_index import Trigrams


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [Trigrams()]
