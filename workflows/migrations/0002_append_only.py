"""Decisions are never changed: the database itself refuses."""

from django.db import migrations

from eipp.kernel.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]
    operations = [Guard("workflows_approvaldecision")]
