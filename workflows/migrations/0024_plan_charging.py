import django.db.models.deletion
from django.db import migrations, models


def _to(model: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0023_refund_payout")]

    operations = [
        migrations.AddField("plan", "charged_by", models.UUIDField(null=True)),
        migrations.AddField("plan", "saved_method", _to("workflows.savedmethod", "+")),
        migrations.AddField("planinstalment", "payment", _to("workflows.payment", "instalments")),
        migrations.AddField("planinstalment", "tried_with", models.UUIDField(null=True)),
    ]
