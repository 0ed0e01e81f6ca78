"""Events and seals are only ever added: the database refuses the rest."""

from django.db import migrations

from eipp.kernel.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [Guard("kernel_event"), Guard("kernel_eventsubject"), Guard("kernel_seal")]
