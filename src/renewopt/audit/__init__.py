"""Audit: re-checks a finished plan from its tables; sees no engine and no model."""

from renewopt.audit.desk import audit_schedule
from renewopt.audit.report import AuditReport
from renewopt.audit.run import audit_run

__all__ = ["AuditReport", "audit_run", "audit_schedule"]
