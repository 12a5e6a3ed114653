"""The tables whose rows the database refuses to change or delete: what was sent stays sent."""

TABLES = (
    "reports_reportstep",
    "reports_revision",
    "reports_revisionclass",
    "reports_revisionline",
)
