"""Packages merged and split by hand, as the scenario says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from renewopt.core.errors import InputError, Message, message

ONE = ("asset_class", "legal_owner", "nature", "ownership", "origin")
"""What is one within a package, also where it is put together by hand; `origin` is
`list` for the packages of a project list that is planned beside inventories."""
HEAD = ("project_id", "name", "package_id", "package_name", "status")
NAMED = 12
"""Identifiers that a message names."""


@dataclass(frozen=True)
class Merge:
    """Packages, by identifier or name, that become the first one of them."""

    packages: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Part:
    """Projects, by identifier or name, that become a package of their own."""

    projects: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Split:
    """Parts of a package; what no part names stays in it."""

    package: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class ByHand:
    """What a scenario file changes of the packages: first it splits, then it merges."""

    split: tuple[Split, ...] = ()
    merge: tuple[Merge, ...] = ()
    file: str = ""


NOTHING_BY_HAND = ByHand()


def repack(
    projects: pd.DataFrame, by_hand: ByHand
) -> tuple[pd.Series, dict[str, str], list[Message]]:
    """Give the package of every project after the splits and merges.

    Parts of `PK-GAS-01` are `PK-GAS-01-A`, `-B` … in the order of the scenario; a
    merge may name them. The one that others are merged into keeps its identifier.

    Parameters
    ----------
    projects
        `project_id`, `name`, `package_id`, `package_name`, `asset_class`,
        `legal_owner`, `nature`, `ownership`, `status` (`running` is not changed).

    Returns
    -------
    (packages, names, notes)
        `package_id` by project, names that were given by hand, what was done.

    Raises
    ------
    InputError
        With every package or project that is not there, stands twice or runs, and
        every merge of packages that cannot be one.
    """
    if len(projects) == 0:
        projects = projects.reindex(columns=[*HEAD, *ONE])
    work = _Work(projects, by_hand.file)
    for i, split in enumerate(by_hand.split):
        work.split(split, f"packages.split[{i}]")
    for i, merge in enumerate(by_hand.merge):
        work.merge(merge, f"packages.merge[{i}]")
    if work.problems:
        raise InputError(*work.problems)
    return work.package, work.names, work.notes


class _Work:
    def __init__(self, projects: pd.DataFrame, file: str) -> None:
        origin = projects.get("origin", "")
        self.rows = projects.assign(origin=origin).fillna({"origin": "", "name": ""})
        self.rows = self.rows.set_index("project_id", drop=False)
        self.package = self.rows["package_id"].astype("str").copy()
        self.file = file
        self.problems: list[Message] = []
        self.notes: list[Message] = []
        self.names: dict[str, str] = {}
        self.used: set[str] = set()
        heads = projects.drop_duplicates("package_id")
        self.known = _by_word(
            zip(heads["package_id"], heads["package_name"], strict=True)
        )
        self.projects = _by_word(
            zip(projects["project_id"], projects["name"], strict=True)
        )

    def _say(self, code: str, key: str, **words: object) -> None:
        self.problems.append(message(code, file=self.file, key=key, **words))

    def _one(
        self, word: str, known: Mapping[str, Sequence[str]], key: str, code: str
    ) -> str | None:
        """Find the one thing with this identifier or name, or say why there is none."""
        found = known.get(word, ())
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(found[:NAMED])
            self._say("packages.ambiguous", key, value=word, known=some)
        else:
            every = sorted({one for ids in known.values() for one in ids})
            some = ", ".join(every[:NAMED])
            self._say(code, key, value=word, known=some)
        return None

    def _package(self, word: str, key: str) -> str | None:
        """Find a package that may be changed: it is new and was not changed before."""
        found = self._one(word, self.known, key, "packages.unknown")
        if found is None:
            return None
        if found in self.used:
            self._say("packages.twice", key, value=found)
            return None
        self.used.add(found)
        own = self.rows[self.package == found]
        if (own["status"] == "running").any():
            self._say("packages.running", key, value=found)
            return None
        return found

    def split(self, split: Split, key: str) -> None:
        package = self._package(split.package, f"{key}.package")
        if package is None:
            return
        own = set(self.package.index[self.package == package])
        for i, part in enumerate(split.parts):
            where = f"{key}.parts[{i}]"
            wanted = self._own_projects(part, own, package, f"{where}.projects")
            name = f"{package}-{_letters(i)}"
            self.package[wanted] = name
            own -= set(wanted)
            self._named(name, part.name)
            self.notes.append(
                message("packages.split", package=package, new=name, count=len(wanted))
            )
        # The parts and the rest may still be merged with others.
        self.used.discard(package)
        if not own:
            self.known = {
                word: [one for one in ids if one != package]
                for word, ids in self.known.items()
            }

    def _own_projects(
        self, part: Part, own: set[str], package: str, key: str
    ) -> list[str]:
        wanted: list[str] = []
        for word in part.projects:
            found = self._one(word, self.projects, key, "packages.unknown_project")
            if found is None:
                continue
            if found in wanted or (
                self.rows["package_id"][found] == package and found not in own
            ):
                self._say("packages.project_twice", key, value=found)
            elif found not in own:
                other = self.package[found]
                self._say(
                    "packages.elsewhere", key, value=found, package=package, other=other
                )
            else:
                wanted.append(found)
        return wanted

    def _named(self, package: str, name: str) -> None:
        self.known[package] = [package]
        if name:
            self.names[package] = name
            self.known.setdefault(name, [])
            self.known[name] = [*self.known[name], package]

    def merge(self, merge: Merge, key: str) -> None:
        where = f"{key}.packages"
        found = [self._package(word, where) for word in merge.packages]
        packages = [name for name in found if name is not None]
        if len(packages) < len(found):
            return
        mine = self.package.isin(packages)
        for column in ONE:
            values = self.rows[mine].groupby(self.package[mine])[column].first()
            if len(set(values)) > 1:
                text = ", ".join(f"{name}: {value}" for name, value in values.items())
                self._say("packages.unlike", where, column=column, values=text)
        self.package[mine] = packages[0]
        self._named(packages[0], merge.name)
        self.notes.append(
            message(
                "packages.merged",
                package=packages[0],
                others=", ".join(packages[1:]),
                count=int(mine.sum()),
            )
        )


def _letters(number: int) -> str:
    """Give A for 0, B for 1, AA for 26, and so on."""
    word = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        word = chr(ord("A") + rest) + word
    return word


def _by_word(pairs: Iterator[tuple[object, object]]) -> dict[str, list[str]]:
    """Give identifiers by identifier and by name; an identifier goes before a name."""
    rows = [(str(one), str(name)) for one, name in pairs]
    found: dict[str, list[str]] = {}
    for one, name in rows:
        if name and one not in found.get(name, []):
            found.setdefault(name, []).append(one)
    return found | {one: [one] for one, _ in rows}
