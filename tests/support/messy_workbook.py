"""A workbook as a national body would have it: 60 invented French clusters, in a form of its own.

Written with all that people do: a read-me, a title, two rows of headings, blank columns, a total and a note below, per
cents as formats, signs and shares of one, thousands, "n.d.", labels beside levels, days in five forms, sectors in
words, names that differ between sheets. `python -m tests.support.messy_workbook FILE [YEAR]` writes one to try.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

CLUSTERS = 60
_FIRST = ("Aéro", "Agri", "Alliance", "Atlan", "Biotech", "Carbo", "Céra", "Créa", "Déco", "Éco", "Énergie", "Forêt")
_LAST = ("Vallée", "Littoral", "Plateau", "Horizons", "Montagne")
_SECTORS = {
    "Agro-alimentaire": "food",
    "Santé et sciences médicales": "health",
    "Energie et environnement": "energy-environment",
    "Numérique": "ict",
    "Textile & mode": "textile-fashion",
    "BTP": "construction",
    "Transport et mobilité": "transport-mobility",
}
"""Sectors as the body calls them; "BTP" is no name that anybody else uses for construction."""
_LEVELS = ("0 - absent", "1 - amorcé", "2 - en place", "3 - suivi", "4 - excellent")
_NOT_KNOWN = ("n.d.", "NC", "-", "non communiqué")
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre")
_MONTHS += ("décembre",)
_HEADINGS = {
    "S2": ("Structure", "Participants engagés (nombre)"),
    "S3": ("Structure", "S3 – Part des PME parmi les participants (%)"),
    "S5": ("Structure", "Participants à moins de 150 km (part)"),
    "G1": ("Gouvernance", "Engagement formel"),
    "G2": ("Gouvernance", "Gouvernance partagée"),
    "G3": ("Gouvernance", "G3 Équipe (ETP)"),
    "F1": ("Financement", "Part du financement privé"),
    "F3": ("Financement", "Budget annuel de gestion, en €"),
    "V1": ("Services", "V1"),
    "A1": ("Résultats", "Demandes de coopération externes"),
    "A2": ("Résultats", "A2 - PME touchées (%)"),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What the workbook means: answers by name of the cluster and code, days, sectors, and how many rows it has."""

    answers: dict[tuple[str, str], float]
    days: dict[str, date]
    sectors: dict[str, str]


def write(path: Path, year: int = 2025, seed: int = 1) -> Truth:
    """Write the workbook; returns what it means."""
    chance = random.Random(f"{seed} {year}")
    clusters = [f"{first} {last}" for first in _FIRST for last in _LAST][:CLUSTERS]
    sectors = {name: [*_SECTORS][number % len(_SECTORS)] for number, name in enumerate(clusters)}
    book = Workbook()
    _write_read_me(book.worksheets[0])
    _write_members(book.create_sheet("Adhérents"), clusters, sectors, chance)
    answers, days = _write_results(book.create_sheet(f"Résultats {year}"), clusters, year, chance)
    book.save(path)
    return Truth(answers, days, {name: _SECTORS[word] for name, word in sectors.items()})


def _write_read_me(sheet: Worksheet) -> None:
    sheet.title = "Lisez-moi"
    sheet.append(["Enquête annuelle auprès des pôles"])
    sheet.append(["Les réponses sont saisies par les chargés de mission."])


def _write_members(sheet: Worksheet, clusters: list[str], sectors: dict[str, str], chance: random.Random) -> None:
    sheet.append(["Liste des adhérents"])
    sheet.append([])
    sheet.append(["N°", "Nom du pôle", "Secteur d’activité", "Ville du siège", "Site internet", "Année de création"])
    for number, name in enumerate(clusters, start=1):
        written = name.upper() if number % 13 == 0 else name  # people write names differently from sheet to sheet
        site = f"www.exemple-{number}.org" if number % 3 else "n.d."
        sheet.append([number, written, sectors[name], f"Ville {number}", site, 1990 + chance.randrange(30)])


def _write_results(
    sheet: Worksheet, clusters: list[str], year: int, chance: random.Random
) -> tuple[dict[tuple[str, str], float], dict[str, date]]:
    groups = [group for group, _ in _HEADINGS.values()]
    sheet.append([f"Résultats de l’enquête {year}"])
    sheet.append([])
    sheet.append(["", "", "", *(g if i == 0 or groups[i - 1] != g else None for i, g in enumerate(groups)), None, ""])
    sheet.append(
        ["Nom du pôle", "Date de l’entretien", None, *(h for _, h in _HEADINGS.values()), None, "Commentaires"]
    )
    answers: dict[tuple[str, str], float] = {}
    days: dict[str, date] = {}
    for number, name in enumerate(clusters, start=1):
        days[name] = date(year, 2, 1) + timedelta(days=chance.randrange(200))
        row: list[object] = [name, _day(days[name], number), None]
        formats: dict[int, str] = {}
        for code in _HEADINGS:
            if chance.random() < 0.04:
                row.append(chance.choice(_NOT_KNOWN))
                continue
            answers[name, code], cell, number_format = _answer(code, number, chance)
            row.append(cell)
            if number_format:
                formats[len(row)] = number_format
        row += [None, "à rappeler" if number % 9 == 0 else None]
        sheet.append(row)
        for column, number_format in formats.items():
            sheet.cell(sheet.max_row, column).number_format = number_format
    sheet.append(["Moyenne", None, None, *(chance.randrange(50) for _ in _HEADINGS)])
    sheet.append(["Source : entretiens menés par le réseau, réponses déclarées par les pôles."])
    sheet.row_dimensions[20].hidden = True
    return answers, days


def _day(day: date, number: int) -> object:
    """A day as people write it, in five ways."""
    forms = (
        datetime(day.year, day.month, day.day),
        f"{day.day}/{day.month:02}/{day.year}",
        f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
        f"{day.day:02}.{day.month:02}.{day.year}",
        day.isoformat(),
    )
    return forms[number % len(forms)]


def _answer(code: str, number: int, chance: random.Random) -> tuple[float, object, str]:
    """An answer: what it means, the cell, its number format."""
    if code in ("G1", "G2", "V1"):
        level = chance.randrange(5)
        return level, _LEVELS[level] if code == "G1" else level, ""
    share, budget, count = chance.randrange(5, 96), chance.randrange(150, 900) * 1000, chance.randrange(20, 400)
    team = chance.randrange(2, 30) / 2
    budgets = (budget, f"{budget // 1000} 000 €", f"{budget // 1000}\u202f000", f"{budget // 1000}.000,00")
    written: dict[str, tuple[float, object, str]] = {
        "S3": (share, share / 100, "0%"),
        "S5": (share, share / 100, ""),  # a share of one, which nothing says
        "F1": (share, f"{share} %" if number % 2 else share, ""),
        "A2": (share + 0.5, f"{share},5 %", ""),
        "F3": (budget, budgets[number % 4], "#,##0 €" if number % 4 == 0 else ""),
        "G3": (team, str(team).replace(".", ",") if number % 2 else team, ""),
        "S2": (count, f"env. {count}" if number == 7 else count, ""),
    }
    return written.get(code, (count, count, ""))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2025)
