"""A good run audits clean; a spoilt one never does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from renewopt.audit import AuditReport, desk
from renewopt.core.errors import InputError
from renewopt.road import audit_folder
from renewopt.runs.folder import seal
from renewopt.text import LANGUAGES, render
from tests.audit import hand
from tests.audit.corruptions import CORRUPTIONS


@pytest.fixture(scope="module")
def good_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the plan worked out by hand, as a run folder."""
    return hand.write_hand_run(tmp_path_factory.mktemp("audit") / "run")


@pytest.fixture
def run(good_run: Path, tmp_path: Path) -> Path:
    """Give a copy of the good run, to be spoilt."""
    return Path(shutil.copytree(good_run, tmp_path / "run"))


def _named(report: AuditReport, rule_id: str, place: str) -> bool:
    return any(b.rule_id == rule_id and place in b.where for b in report.breaches)


def test_a_good_run_is_clean(good_run: Path) -> None:
    """Nothing is breached, and a lot was looked at."""
    report = audit_folder(good_run)
    assert report.breaches == ()
    assert report.ok
    assert report.counts["rules"] == 17
    assert report.counts["draws"] == 13
    assert report.counts["cost_lines"] == 4
    assert report.counts["duties"] == 4
    assert report.counts["baselines"] == 2
    assert [note.code for note in report.notes] == ["audit.running_without_lines"]


def test_there_are_many_corruptions() -> None:
    """The list of ways to spoil a run is long."""
    assert len(CORRUPTIONS) >= 50


@pytest.mark.parametrize("name", sorted(CORRUPTIONS))
def test_every_corruption_is_caught(
    run: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit names what was spoilt, even without the rules' own checks."""
    monkeypatch.setattr(desk, "rule_check", lambda rule, problem, schedule: [])
    rule_id, place = CORRUPTIONS[name](run)
    report = audit_folder(run)
    assert not report.ok
    assert _named(report, rule_id, place), [str(b) for b in report.breaches]
    for lang in LANGUAGES:
        for message in report.messages:
            text = render(message, lang)
            assert "{" not in text
            assert message.code not in text


@pytest.mark.parametrize(
    "name",
    [
        "draw_raised_by_one_unit",
        "fund_swapped",
        "quota_exceeded_by_one_unit",
        "debt_limit_exceeded",
        "closed_street_opened",
        "saving_too_large",
        "running_project_dropped",
    ],
)
def test_where_both_agree_it_is_said_once(run: Path, name: str) -> None:
    """Rule check and recomputation find the same; the report says it one time."""
    rule_id, place = CORRUPTIONS[name](run)
    report = audit_folder(run)
    found = [b for b in report.breaches if b.rule_id == rule_id and b.where == place]
    assert len(found) == 1


@pytest.mark.parametrize(
    "file",
    [
        "summary.json",
        "certificate.json",
        "schedule.csv",
        "funding.csv",
        "debt.csv",
        "debt_by_package.csv",
        "duties.csv",
        "breaches.csv",
        "case/policy.toml",
        "case/case.toml",
        "case/payments.csv",
        "baselines/greedy/funding.csv",
    ],
)
def test_a_missing_file_is_named(run: Path, file: str) -> None:
    """Without one of its files a run cannot be audited, and the file is named."""
    (run / file).unlink()
    with pytest.raises(InputError) as error:
        audit_folder(run)
    assert Path(file).name in str(error.value)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    """A folder without manifest is no run."""
    with pytest.raises(InputError) as error:
        audit_folder(tmp_path)
    assert error.value.messages[0].code == "audit.not_a_run"


def test_broken_json_is_refused(run: Path) -> None:
    """A file cut off in the middle is named, not read as far as it goes."""
    path = run / "summary.json"
    path.write_text(path.read_text(encoding="utf-8")[:100], encoding="utf-8")
    with pytest.raises(InputError) as error:
        audit_folder(run)
    assert [m.code for m in error.value.messages] == ["audit.unreadable_json"]


def test_missing_columns_are_named(run: Path) -> None:
    """A table without a column cannot be judged."""
    path = run / "funding.csv"
    text = path.read_text(encoding="utf-8-sig").replace("received", "arrived")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        audit_folder(run)
    assert error.value.messages[0].params["column"] == "received"


def test_an_empty_run_is_not_clean(run: Path) -> None:
    """Where nothing could be checked the verdict is not good."""
    for name in ("schedule.csv", "funding.csv"):
        path = run / name
        header = path.read_text(encoding="utf-8-sig").splitlines()[0]
        path.write_text(header + "\n", encoding="utf-8")
    report = audit_folder(run)
    assert not report.ok
    assert _named(report, "audit.schedule", "G1")
    assert _named(report, "running", "R1")


def test_the_report_as_plain_values(run: Path) -> None:
    """The report can be written as JSON, endless lateness included."""
    CORRUPTIONS["hard_duty_missed"](run)
    report = audit_folder(run).as_dict()
    assert report["ok"] is False
    assert report["checked"]["rules"] == 17
    late = [
        b
        for b in report["breaches"]
        if b["rule_id"] == "duties" and not b["where"].startswith("baselines/")
    ]
    assert late == [
        {
            "rule_id": "duties",
            "where": "assessed_target H2",
            "limit": 0,
            "actual": None,
            "unit": "years late",
            "code": "audit.hard_duty",
        }
    ]


@pytest.mark.parametrize("name", ["reasons.json", "findings.csv"])
def test_files_that_people_read_are_sealed(run: Path, name: str) -> None:
    """A sealed file that was changed, or is gone, is named."""
    path = run / name
    if name not in json.loads((run / "manifest.json").read_text("utf-8"))["sealed"]:
        path.write_text("{}", encoding="utf-8")
        seal(run)
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert _named(audit_folder(run), "audit.files", name)
    path.unlink()
    assert _named(audit_folder(run), "audit.files", name)


def test_what_the_summary_alone_says_is_sealed(run: Path) -> None:
    """The synthetic label cannot be taken off a run that was audited."""
    path = run / "summary.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["synthetic"] is True
    path.write_text(json.dumps({**data, "synthetic": False}), encoding="utf-8")
    assert _named(audit_folder(run), "audit.files", "summary.json")


def test_a_false_optimal_is_caught(run: Path) -> None:
    """“Optimal” with a gap is not believed."""
    path = run / "summary.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data |= {"status": "optimal", "bound": data["objective"] * 1.01, "gap": 0.01}
    path.write_text(json.dumps(data), encoding="utf-8")
    assert _named(audit_folder(run), "audit.summary", "status")
