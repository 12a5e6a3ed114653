"""What readings weeded before there were proposals stands as accepted, so that the lists and
counts of their forms stay as they were."""

from django.db import migrations


def keep(apps, schema_editor):
    change_model = apps.get_model("shelfreading", "AppliedChange")
    proposal_model = apps.get_model("shelfreading", "WeedingProposal")
    changes = change_model.objects.filter(
        to_status="weeded", status_change__isnull=False, application__undone_at__isnull=True
    ).exclude(weeding_cause="")
    for change in changes.select_related("application__session").iterator():
        application = change.application
        change.proposal = proposal_model.objects.create(
            library_id=application.session.library_id,
            copy_id=change.copy_id,
            cause=change.weeding_cause,
            origin="reading",
            why="رف‌خوانی",
            session_id=application.session_id,
            application_id=application.pk,
            proposed_by_id=application.applied_by_id,
            proposed_at=application.applied_at,
            state="accepted",
            decided_by_id=application.applied_by_id,
            decided_at=application.applied_at,
            status_change_id=change.status_change_id,
        )
        change.save(update_fields=["proposal"])


class Migration(migrations.Migration):

    dependencies = [("shelfreading", "0004_weeding")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
