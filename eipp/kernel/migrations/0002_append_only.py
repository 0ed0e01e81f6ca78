"""Events and seals are only ever added: the database refuses the rest."""

from django.db import migrations

from eipp.kernel.append_only import guard


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [guard("kernel_event"), guard("kernel_eventsubject"), guard("kernel_seal")]
