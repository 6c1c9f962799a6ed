"""The tables of a case folder: one schema each, the source of `docs/formats.md`."""

from __future__ import annotations

from renewopt.core.case_columns import count, money, number, text, whole
from renewopt.core.tables import Column, TableSchema

BENEFIT = "benefit_"
"""Columns of `works` that begin so are further benefits in money."""
POINTS = "points_"
"""Columns of `works` that begin so are benefits in whole points, not money."""
NOT_STATED = -1
"""An eligible cost that is not stated: then all of the cost is eligible."""
WORDS = {
    ("packages", "status"): ("running", "new", "reserve"),
    ("packages", "nature"): ("public", "quasi_public", "commercial"),
    ("packages", "ownership"): ("public", "operator", "residents"),
    ("obligations", "hardness"): ("safety_duty", "assessed_target", "preference"),
}
"""Columns that rules read as one of a few words: any other would change nothing."""


CASE_SCHEMAS: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        TableSchema(
            "projects",
            (
                text("project_id", "identifier", True),
                text("package_id", "package that it belongs to; empty: its own"),
                text("name", "what people call it"),
                text("asset_class", "class of `models/asset_classes`", True),
                text("level", "primary, secondary, yard …"),
                text("district", "district or street office"),
                text("street", "street or compound"),
                count("households", "households that depend on it", "households"),
                number("length_m", "route length", "m"),
                number("floor_area_m2", "floor area of compounds", "m²"),
                number(
                    "risk_now", "expected loss in the year before the plan", "万元/year"
                ),
                whole("grade", "risk grade 1–5, for screens"),
                Column(
                    "consent_bp",
                    "integer",
                    False,
                    "bp",
                    "share of its households that agree and pay",
                    0,
                    10_000,
                ),
                money(
                    "net_income_per_year",
                    "its own part of the package's income; of a package in which no "
                    "project states one, the income is shared out by cost",
                ),
                whole(
                    "operation_start",
                    "first year with its income, if it is not its package's",
                ),
            ),
            ("project_id",),
            "The smallest unit that is scheduled.",
        ),
        TableSchema(
            "packages",
            (
                text("package_id", "identifier", True),
                text("name", "name in the project list"),
                text("project_code", "code of the approval platform"),
                text("legal_owner", "项目法人: who applies, builds and owes"),
                text("nature", "public, quasi_public or commercial", default="public"),
                text("ownership", "public, operator or residents", default="public"),
                text("status", "running, new or reserve", default="new"),
                text("readiness", "stage of preparation reached"),
                whole(
                    "first_start",
                    "first year in which its works may begin, by the steps to approval "
                    "that are missing; empty: not asked",
                ),
                money(
                    "net_income_per_year",
                    "income less running cost when all of it is built; empty: the sum "
                    "of its projects",
                ),
                whole(
                    "operation_start",
                    "first year with income, for what is completed before; empty: no "
                    "income counts",
                ),
                text("borrower", "who may take a bank loan for it"),
                text(
                    "fund_kinds", "kinds of money that may pay, ';' between; empty: any"
                ),
                text(
                    "bond_review", "passed, or the year from which it counts as passed"
                ),
            ),
            ("package_id",),
            "What is approved and financed.",
        ),
        TableSchema(
            "works",
            (
                text("work_id", "identifier", True),
                text("project_id", "project", True),
                text("mode", "renewal mode", True),
                whole("start_year", "calendar year of the start", True),
                Column("duration", "integer", False, "years", "years of works", 1, 1),
                Column(
                    "retires",
                    "integer",
                    False,
                    "",
                    "1: its assets go out of service (table `handovers`), and count as "
                    "no renewal",
                    0,
                    0,
                ),
                Column(
                    "risk_removed",
                    "money",
                    False,
                    "万元",
                    "expected loss removed, present value",
                    0,
                    0,
                ),
            ),
            ("work_id",),
            "Project × mode × start year: the thing that is chosen.",
            open_columns=((BENEFIT, "money"), (POINTS, "integer")),
        ),
        TableSchema(
            "payments",
            (
                text("work_id", "work", True),
                whole("year", "year of payment", True),
                money("cost", "payment, nominal", True),
                Column(
                    "eligible_cost",
                    "money",
                    False,
                    "万元",
                    "part that grants may pay for; column or cell empty: all of it",
                    0,
                    NOT_STATED,
                ),
                money("works_value", "value of the works done in the year, nominal"),
            ),
            ("work_id", "year"),
            "What each work costs and when it is paid; after the last plan year: tail.",
        ),
        TableSchema(
            "use",
            (
                text("work_id", "work", True),
                whole("year", "year", True),
                text("resource", "resource of `resources`", True),
                Column("amount", "number", True, "", "amount used", 0),
            ),
            ("work_id", "year", "resource"),
            "Kilometres, households, crews … that a work takes up.",
        ),
        TableSchema(
            "resources",
            (
                text("resource", "identifier", True),
                text("unit", "unit"),
                Column("decimals", "integer", False, "", "decimals kept", 0, 0),
            ),
            ("resource",),
            "Units of the quantities in `use`.",
        ),
        TableSchema(
            "corridors",
            (
                text("corridor_id", "identifier", True),
                text("name", "street and segment"),
                text("district", "district"),
                whole("last_paved", "year of the last paving"),
                text("paving_kind", "new, rebuilt or major_repair"),
                whole("planned_road_work_year", "year of planned road works"),
            ),
            ("corridor_id",),
            "Street segments that several networks share.",
        ),
        TableSchema(
            "corridor_projects",
            (
                text("corridor_id", "corridor", True),
                text("project_id", "project that digs there", True),
                money("excavation_cost", "trench and pavement part of its cost there"),
                text(
                    "mode",
                    "mode whose works open it; empty: those of every mode. A mode "
                    "without a row does not open it",
                ),
            ),
            ("corridor_id", "project_id", "mode"),
            "Which project opens which corridor.",
        ),
        TableSchema(
            "project_assets",
            (
                text("project_id", "project", True),
                text("asset_id", "asset", True),
                number("quantity", "how much of the asset is renewed"),
                text("unit", "m, m2, household or item"),
                whole("install_year", "year of installation, empty: unknown"),
            ),
            ("project_id", "asset_id"),
            "What is in each project; the auditor adds it up.",
        ),
        TableSchema(
            "cost_lines",
            (
                text("work_id", "work", True),
                text("item", "what is priced", True),
                Column("quantity", "number", True, "", "quantity", 0),
                text("unit", "m, m2, household or item"),
                Column("unit_price", "number", True, "万元/unit", "price", 0),
                Column(
                    "factor",
                    "number",
                    False,
                    "",
                    "index × region …; negative: paid by another work",
                    None,
                    1.0,
                ),
                text("source", "where the price comes from"),
            ),
            ("work_id", "item"),
            "Cost of a work = Σ quantity × unit_price × factor, rounded once per work.",
        ),
        TableSchema(
            "gains",
            (
                text("work_id", "work", True),
                text("measure", "column of `works` that it adds to", True),
                text("item", "what is gained", True),
                Column("quantity", "number", True, "", "quantity", 0),
                text("unit", "household, km, item, project …"),
                Column("rate", "number", True, "per unit", "万元 or points"),
                Column("factor", "number", False, "", "discounted years", None, 1.0),
                whole("from_year", "first year that the factor counts; empty: none"),
                whole("to_year", "last year that the factor counts"),
                text("source", "where the rate comes from"),
            ),
            ("work_id", "measure", "item"),
            "What else a work gains: a column of `works` named here = Σ quantity × "
            "rate × factor, rounded half up once per work (whole points, 0.01 万元).",
        ),
        TableSchema(
            "obligations",
            (
                text("project_id", "project", True),
                text("asset_id", "asset"),
                text("pack", "policy pack", True),
                text("document", "document that the pack is made from"),
                text("clause", "clause of the document", True),
                text("phrase", "words of the clause"),
                text("verb", "verb of the clause"),
                text("hardness", "safety_duty, assessed_target or preference", True),
                whole("deadline", "last year in which it may be finished; empty: none"),
                text("trigger", "value that triggered it"),
            ),
            (),
            "What each pack says about each asset.",
        ),
        TableSchema(
            "exclusions",
            (
                text("project_id", "project", True),
                text("asset_id", "asset"),
                text("mode", "mode that is barred", True),
                text("pack", "policy pack", True),
                text("exclusion", "identifier of the exclusion in the pack", True),
                text("clause", "clause of the document"),
                text("phrase", "words of the clause"),
                text("trigger", "value that it rests on"),
                text(
                    "exempt", "what exempts the asset; empty: the mode is not offered"
                ),
            ),
            (),
            "Modes that a project may not take, and why: none of them is in `works`.",
        ),
        TableSchema(
            "links",
            (
                text("link", "sort: inside, adjacent, outlet, tunnel …", True),
                text(
                    "project_id", "the one that depends: the pipe, the upstream", True
                ),
                text("other_id", "project that it is tied to", True),
                text("because", "assets and column that say so"),
                text(
                    "mode",
                    "modes of `project_id` that are meant, `;` between; empty: all",
                ),
                text(
                    "other_mode",
                    "modes of `other_id` that are meant, `;` between; empty: all",
                ),
            ),
            ("link", "project_id", "other_id"),
            "Which projects the facts tie together; rules of kind `coupling` read it.",
        ),
        TableSchema(
            "handovers",
            (
                text("project_id", "project with a work that retires assets", True),
                text("asset_id", "asset that goes out of service", True),
                text(
                    "taken_by",
                    "asset of the same class that takes over, and stays in service",
                    True,
                ),
            ),
            ("project_id", "asset_id", "taken_by"),
            "Who serves the customers of what is retired.",
        ),
        TableSchema(
            "left_out",
            (
                text("asset_class", "class", True),
                text("asset_id", "asset", True),
                text("reason", "column of the inventory that says so", True),
                text("value", "what it says"),
                text(
                    "effect",
                    "left_out: in no new project; reduced: part of it is not renewed "
                    "again; not_eligible: grants do not pay that share again",
                    True,
                ),
            ),
            ("asset_class", "asset_id", "reason"),
            "Assets that are not renewed, or not in full, since they were or will be.",
        ),
        TableSchema(
            "package_history",
            (
                text("package_id", "package", True),
                whole("year", "year before the plan", True),
                text("fund_id", "fund, empty for the cost rows"),
                money("received", "money received"),
                money("amount", "money paid out"),
                money("cost", "cost paid"),
                money("eligible_cost", "eligible part of it"),
            ),
            ("package_id", "year", "fund_id"),
            "What was received and paid before the plan.",
        ),
        TableSchema(
            "stock",
            (
                text("asset_class", "class", True),
                text("level", "level"),
                whole("install_year", "year; empty: unknown"),
                number("length_m", "route length", "m"),
                count("assets", "number of assets"),
                count("households", "households", "households"),
                number(
                    "risk_now", "expected loss in the year before the plan", "万元/year"
                ),
            ),
            ("asset_class", "level", "install_year"),
            "The whole inventory by class, level and year: the base of the shares.",
        ),
        TableSchema(
            "shapes",
            (
                text("project_id", "project", True),
                text("asset_id", "asset", True),
                text("wkt", "POINT or LINESTRING, longitude latitude", True),
            ),
            ("project_id", "asset_id"),
            "Where the works are, for maps.",
        ),
    )
}
