"""Who issues the credit notes of each legal body."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="legalentity",
            name="credit_notes_by",
            field=models.CharField(
                choices=[("here", "This platform"), ("erp", "Your ERP")], default="here", max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="legalentity",
            constraint=models.CheckConstraint(
                condition=models.Q(("credit_notes_by__in", ("here", "erp"))), name="legal_entity_credit_notes_by"
            ),
        ),
    ]
