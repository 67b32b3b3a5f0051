"""What a heading means: a column of a documented table, or an indicator of a scheme. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ..ingest.schemes import SchemeDraft
from .words import heading_words, telling_words, usual_headings

CERTAIN, LIKELY, POSSIBLE = 100.0, 88.0, 68.0
"""Likeness of two headings, from 0 to 100: the same words; taken to be the same; asked about."""
MARGIN = 4.0
"""The best match is taken only if the next one is that much less alike."""
MAXIMUM_OPTIONS = 4
CONTRADICTION = 45.0
"""Below this likeness, the words beside a code speak of something else than its indicator."""
LONGEST_HEADING = 200
"""Characters of a heading that are compared."""
_IN_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_CODE_FIRST = re.compile(r"\s*([A-Za-z]{0,3}\d+(?:\.\d+)*)(?:\s*[-–—:.)]\s*|\s+)(?=\D)")
CLUSTER_COLUMNS = (
    *("cluster_id", "name", "country", "city", "region", "latitude", "longitude", "sector", "website", "founded"),
)
ANSWER_COLUMNS = ("assessed_on", "evidence", "scheme", "indicator", "value")
AWARD_COLUMNS = ("label", "awarded_on", "valid_until", "source_url")


@dataclass(frozen=True, slots=True)
class Match:
    """A column or an indicator that a heading may mean, and how alike they are, from 0 to 100."""

    target: str
    likeness: float


class HeadingMatcher:
    """Matches headings by name, code, and French or English wording."""

    def __init__(self, scheme: SchemeDraft | None) -> None:
        """`scheme`: its indicators are known besides the columns of the tables."""
        self._phrases: dict[str, str] = {}
        self._telling: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        for target, phrases in usual_headings().items():
            self._add(target, phrases)
        for code, row in scheme.indicators.items() if scheme else ():
            self._codes[code.lower()] = code
            names = [str(row.get(name) or "") for name in ("name_fr", "name_en")]
            self._add(code, [code, *names, *(_IN_BRACKETS.sub(" ", name) for name in names)])

    def _add(self, target: str, phrases: Iterable[str]) -> None:
        for phrase in filter(None, phrases):
            self._phrases.setdefault(heading_words(phrase), target)
            self._telling.setdefault(telling_words(phrase), target)

    def is_known(self, heading: str) -> bool:
        """Whether a heading certainly means something."""
        return self.exact(heading) is not None

    def exact(self, heading: str) -> str | None:
        """What a heading certainly means: by its words, or by the code of an indicator in it."""
        for part in _parts(heading[:LONGEST_HEADING]):
            bare = _IN_BRACKETS.sub(" ", part)
            code = _CODE_FIRST.match(part)
            for candidate, words in _codes_in(part):
                found = self._codes.get(candidate.strip().lower())
                if found and not self._contradicts(words, found):
                    return found
            for text in (part, bare, bare[code.end() :] if code else ""):
                if text.strip() and (found := self._phrases.get(heading_words(text))):
                    return found
                if text.strip() and (found := self._telling.get(telling_words(text))):
                    return found
        return None

    def _contradicts(self, words: str, code: str) -> bool:
        """Whether the words beside a code are not those of its indicator: it may be a code of their own."""
        telling = telling_words(_IN_BRACKETS.sub(" ", words))
        names = [phrase for phrase, target in self._telling.items() if target == code]
        likeness = max((fuzz.token_set_ratio(telling, name) for name in names), default=0.0)
        return len(telling) > 2 and likeness < CONTRADICTION

    def matches(self, heading: str) -> list[Match]:
        """What a heading may mean, the most alike first, each target once."""
        if found := self.exact(heading):
            return [Match(found, CERTAIN)]
        coded = (self._codes.get(code.strip().lower()) for part in _parts(heading) for code, _ in _codes_in(part))
        likeness: dict[str, float] = dict.fromkeys(filter(None, coded), POSSIBLE)
        for part in _parts(heading[:LONGEST_HEADING]):
            words = telling_words(_IN_BRACKETS.sub(" ", part))
            if len(words) < 3:
                continue
            for phrase, target in self._telling.items():
                alike = _likeness(words, phrase)
                if alike >= POSSIBLE:
                    likeness[target] = max(likeness.get(target, 0.0), alike)
        return [Match(target, alike) for target, alike in sorted(likeness.items(), key=lambda found: -found[1])]


def _codes_in(part: str) -> list[tuple[str, str]]:
    """What may be a code in a heading, and the words beside it."""
    first = _CODE_FIRST.match(part)
    found = [(part, "")]
    if first:
        found.append((first[1], part[first.end() :]))
    return found + [(inside, part.replace(inside, " ")) for inside in _IN_BRACKETS.findall(part)]


def _parts(heading: str) -> list[str]:
    """The heading itself, then its last part and the others, where it stands below the name of a group."""
    parts = heading.split(" | ")
    return [heading, *reversed(parts)] if len(parts) > 1 else parts


def _likeness(words: str, phrase: str) -> float:
    ordered = fuzz.token_sort_ratio(words, phrase)
    shared = len(set(words.split()) & set(phrase.split()))
    if shared < 2:
        return ordered
    return max(ordered, 0.93 * fuzz.token_set_ratio(words, phrase))


def choose(matcher: HeadingMatcher, headings: Sequence[str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The target of each heading, "" for none, and for doubtful ones what they may mean, the most alike first.

    A target is given once: to the heading that is most alike.
    """
    found = {heading: matcher.matches(heading) for heading in headings if heading}
    chosen: dict[str, str] = {}
    taken: dict[str, float] = {}
    doubtful: dict[str, tuple[str, ...]] = {}
    for heading, matches in sorted(found.items(), key=lambda one: -(one[1][0].likeness if one[1] else 0)):
        free = [match for match in matches if match.target not in taken]
        if not free:
            chosen[heading] = ""
            continue
        best, following = free[0], free[1].likeness if len(free) > 1 else 0.0
        if best.likeness >= LIKELY and best.likeness - following >= MARGIN:
            chosen[heading] = best.target
            taken[best.target] = best.likeness
        else:
            chosen[heading] = ""
            doubtful[heading] = tuple(match.target for match in free[:MAXIMUM_OPTIONS])
    return chosen, {
        heading: options
        for heading, all_options in doubtful.items()
        if (options := tuple(option for option in all_options if option not in taken))
    }


def best_schemes(schemes: Mapping[str, SchemeDraft], headings: Sequence[str]) -> tuple[str, ...]:
    """The schemes that most headings are of: several if they fit equally, none if no heading is of any."""
    counts = {}
    for code, scheme in schemes.items():
        matcher = HeadingMatcher(scheme)
        counts[code] = sum(matcher.exact(heading) in scheme.indicators for heading in headings if heading)
    most = max(counts.values(), default=0)
    return tuple(code for code, count in counts.items() if count == most > 0)
