"""The tables of a case folder: one schema each, the source of `docs/formats.md`."""

from __future__ import annotations

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


def _text(name: str, doc: str, required: bool = False, default: str = "") -> Column:
    return Column(name, "text", required, doc=doc, default=default)


def _money(name: str, doc: str, required: bool = False) -> Column:
    return Column(name, "money", required, "万元", doc, minimum=0, default=0)


def _whole(name: str, doc: str, required: bool = False, unit: str = "") -> Column:
    return Column(name, "integer", required, unit, doc)


def _count(name: str, doc: str, unit: str = "") -> Column:
    return Column(name, "integer", False, unit, doc, minimum=0, default=0)


def _number(name: str, doc: str, unit: str = "", required: bool = False) -> Column:
    return Column(name, "number", required, unit, doc, minimum=0, default=0.0)


CASE_SCHEMAS: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        TableSchema(
            "projects",
            (
                _text("project_id", "identifier", True),
                _text("package_id", "package that it belongs to; empty: its own"),
                _text("name", "what people call it"),
                _text("asset_class", "class of `models/asset_classes`", True),
                _text("level", "primary, secondary, yard …"),
                _text("district", "district or street office"),
                _text("street", "street or compound"),
                _count("households", "households that depend on it", "households"),
                _number("length_m", "route length", "m"),
                _number("floor_area_m2", "floor area of compounds", "m²"),
                _number(
                    "risk_now", "expected loss in the year before the plan", "万元/year"
                ),
                _whole("grade", "risk grade 1–5, for screens"),
                Column(
                    "consent_bp",
                    "integer",
                    False,
                    "bp",
                    "share of its households that agree and pay",
                    0,
                    10_000,
                ),
                _money(
                    "net_income_per_year",
                    "its own part of the package's income; of a package in which no "
                    "project states one, the income is shared out by cost",
                ),
                _whole(
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
                _text("package_id", "identifier", True),
                _text("name", "name in the project list"),
                _text("project_code", "code of the approval platform"),
                _text("legal_owner", "项目法人: who applies, builds and owes"),
                _text("nature", "public, quasi_public or commercial", default="public"),
                _text("ownership", "public, operator or residents", default="public"),
                _text("status", "running, new or reserve", default="new"),
                _text("readiness", "stage of preparation reached"),
                _whole(
                    "first_start",
                    "first year in which its works may begin, by the steps to approval "
                    "that are missing; empty: not asked",
                ),
                _money(
                    "net_income_per_year",
                    "income less running cost when all of it is built; empty: the sum "
                    "of its projects",
                ),
                _whole(
                    "operation_start",
                    "first year with income, for what is completed before; empty: no "
                    "income counts",
                ),
                _text("borrower", "who may take a bank loan for it"),
                _text(
                    "fund_kinds", "kinds of money that may pay, ';' between; empty: any"
                ),
                _text(
                    "bond_review", "passed, or the year from which it counts as passed"
                ),
            ),
            ("package_id",),
            "What is approved and financed.",
        ),
        TableSchema(
            "works",
            (
                _text("work_id", "identifier", True),
                _text("project_id", "project", True),
                _text("mode", "renewal mode", True),
                _whole("start_year", "calendar year of the start", True),
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
                _text("work_id", "work", True),
                _whole("year", "year of payment", True),
                _money("cost", "payment, nominal", True),
                Column(
                    "eligible_cost",
                    "money",
                    False,
                    "万元",
                    "part that grants may pay for; column or cell empty: all of it",
                    0,
                    NOT_STATED,
                ),
                _money("works_value", "value of the works done in the year, nominal"),
            ),
            ("work_id", "year"),
            "What each work costs and when it is paid; after the last plan year: tail.",
        ),
        TableSchema(
            "use",
            (
                _text("work_id", "work", True),
                _whole("year", "year", True),
                _text("resource", "resource of `resources`", True),
                Column("amount", "number", True, "", "amount used", 0),
            ),
            ("work_id", "year", "resource"),
            "Kilometres, households, crews … that a work takes up.",
        ),
        TableSchema(
            "resources",
            (
                _text("resource", "identifier", True),
                _text("unit", "unit"),
                Column("decimals", "integer", False, "", "decimals kept", 0, 0),
            ),
            ("resource",),
            "Units of the quantities in `use`.",
        ),
        TableSchema(
            "corridors",
            (
                _text("corridor_id", "identifier", True),
                _text("name", "street and segment"),
                _text("district", "district"),
                _whole("last_paved", "year of the last paving"),
                _text("paving_kind", "new, rebuilt or major_repair"),
            ),
            ("corridor_id",),
            "Street segments that several networks share.",
        ),
        TableSchema(
            "corridor_projects",
            (
                _text("corridor_id", "corridor", True),
                _text("project_id", "project that digs there", True),
                _money("excavation_cost", "trench and pavement part of its cost there"),
                _text(
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
                _text("project_id", "project", True),
                _text("asset_id", "asset", True),
                _number("quantity", "how much of the asset is renewed"),
                _text("unit", "m, m2, household or item"),
                _whole("install_year", "year of installation, empty: unknown"),
            ),
            ("project_id", "asset_id"),
            "What is in each project; the auditor adds it up.",
        ),
        TableSchema(
            "cost_lines",
            (
                _text("work_id", "work", True),
                _text("item", "what is priced", True),
                Column("quantity", "number", True, "", "quantity", 0),
                _text("unit", "m, m2, household or item"),
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
                _text("source", "where the price comes from"),
            ),
            ("work_id", "item"),
            "Cost of a work = Σ quantity × unit_price × factor, rounded once per work.",
        ),
        TableSchema(
            "gains",
            (
                _text("work_id", "work", True),
                _text("measure", "column of `works` that it adds to", True),
                _text("item", "what is gained", True),
                Column("quantity", "number", True, "", "quantity", 0),
                _text("unit", "household, km, item, project …"),
                Column("rate", "number", True, "per unit", "万元 or points"),
                Column("factor", "number", False, "", "discounted years", None, 1.0),
                _whole("from_year", "first year that the factor counts; empty: none"),
                _whole("to_year", "last year that the factor counts"),
                _text("source", "where the rate comes from"),
            ),
            ("work_id", "measure", "item"),
            "What else a work gains: a column of `works` named here = Σ quantity × "
            "rate × factor, rounded half up once per work (whole points, 0.01 万元).",
        ),
        TableSchema(
            "obligations",
            (
                _text("project_id", "project", True),
                _text("asset_id", "asset"),
                _text("pack", "policy pack", True),
                _text("document", "document that the pack is made from"),
                _text("clause", "clause of the document", True),
                _text("phrase", "words of the clause"),
                _text("verb", "verb of the clause"),
                _text("hardness", "safety_duty, assessed_target or preference", True),
                _whole(
                    "deadline", "last year in which it may be finished; empty: none"
                ),
                _text("trigger", "value that triggered it"),
            ),
            (),
            "What each pack says about each asset.",
        ),
        TableSchema(
            "exclusions",
            (
                _text("project_id", "project", True),
                _text("asset_id", "asset"),
                _text("mode", "mode that is barred", True),
                _text("pack", "policy pack", True),
                _text("exclusion", "identifier of the exclusion in the pack", True),
                _text("clause", "clause of the document"),
                _text("phrase", "words of the clause"),
                _text("trigger", "value that it rests on"),
                _text(
                    "exempt", "what exempts the asset; empty: the mode is not offered"
                ),
            ),
            (),
            "Modes that a project may not take, and why: none of them is in `works`.",
        ),
        TableSchema(
            "links",
            (
                _text("link", "sort: inside, adjacent, outlet, tunnel …", True),
                _text(
                    "project_id", "the one that depends: the pipe, the upstream", True
                ),
                _text("other_id", "project that it is tied to", True),
                _text("because", "assets and column that say so"),
            ),
            ("link", "project_id", "other_id"),
            "Which projects the facts tie together; rules of kind `coupling` read it.",
        ),
        TableSchema(
            "handovers",
            (
                _text("project_id", "project with a work that retires assets", True),
                _text("asset_id", "asset that goes out of service", True),
                _text(
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
                _text("asset_class", "class", True),
                _text("asset_id", "asset", True),
                _text("reason", "column of the inventory that says so", True),
                _text("value", "what it says"),
                _text(
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
                _text("package_id", "package", True),
                _whole("year", "year before the plan", True),
                _text("fund_id", "fund, empty for the cost rows"),
                _money("received", "money received"),
                _money("amount", "money paid out"),
                _money("cost", "cost paid"),
                _money("eligible_cost", "eligible part of it"),
            ),
            ("package_id", "year", "fund_id"),
            "What was received and paid before the plan.",
        ),
        TableSchema(
            "stock",
            (
                _text("asset_class", "class", True),
                _text("level", "level"),
                _whole("install_year", "year; empty: unknown"),
                _number("length_m", "route length", "m"),
                _count("assets", "number of assets"),
                _count("households", "households", "households"),
                _number(
                    "risk_now", "expected loss in the year before the plan", "万元/year"
                ),
            ),
            ("asset_class", "level", "install_year"),
            "The whole inventory by class, level and year: the base of the shares.",
        ),
        TableSchema(
            "shapes",
            (
                _text("project_id", "project", True),
                _text("asset_id", "asset", True),
                _text("wkt", "POINT or LINESTRING, longitude latitude", True),
            ),
            ("project_id", "asset_id"),
            "Where the works are, for maps.",
        ),
    )
}
