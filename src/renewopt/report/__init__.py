"""Reports: one set of result tables, from which workbooks are made; templates."""

from renewopt.report.check_folder import (
    check_folder,
    issue_row,
    may_replace,
    summary_of,
)
from renewopt.report.describe import table_kinds
from renewopt.report.money_template import money_template
from renewopt.report.result_tables import result_tables
from renewopt.report.return_workbook import Returned, return_workbooks
from renewopt.report.sheets import Heading, Sheet
from renewopt.report.table_template import table_template
from renewopt.report.template import project_list_template
from renewopt.report.workbook import workbook

__all__ = [
    "Heading",
    "Returned",
    "Sheet",
    "check_folder",
    "issue_row",
    "may_replace",
    "money_template",
    "project_list_template",
    "result_tables",
    "return_workbooks",
    "summary_of",
    "table_kinds",
    "table_template",
    "workbook",
]
