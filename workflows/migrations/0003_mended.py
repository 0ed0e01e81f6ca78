"""A corrected document knows which one that was held back it corrects."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="presentment",
            name="mends",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mended_by",
                to="workflows.presentment",
            ),
        ),
    ]
