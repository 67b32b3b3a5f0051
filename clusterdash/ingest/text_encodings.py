"""In which encoding a text file is written, where it does not say so itself: a guess, which is always told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import chardet

ENCODINGS: Mapping[str, str] = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp1257": "Windows-1257",
    "mac_roman": "Mac Roman",
    "mac_latin2": "Mac Central European",
    "mac_cyrillic": "Mac Cyrillic",
    "cp850": "DOS 850",
    "cp852": "DOS 852",
    "iso8859_2": "ISO 8859-2",
    "cp932": "Shift JIS",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp949": "Korean (949)",
}
"""What spreadsheets write besides Unicode, with the names that people know; of equal guesses the first is taken."""
SAMPLE = 1 << 16
"""In bytes."""
_CELL = re.compile(rb"[^\r\n\t;,|\"]*[\x80-\xff][^\r\n\t;,|\"]*")
_WORD = re.compile(r"[^\s;,|\"]*[^\x00-\x7f\s][^\s;,|\"]*")
_MOST_USED = 1.25
"""By how much Windows-1252 is preferred: most files that are not Unicode are in it."""
_IMPLAUSIBLE = 0.5
_NEAR = 0.7
"""A guess with at least this part of the best one's score may be right, too."""
_FEW, _NEAR_OF_FEW = 3, 0.4
"""So few characters prove little: those that are used most are preferred, and more guesses may be right."""
_USED_MOST = {"cp1252": 3.0, "mac_roman": 2.5, "cp1250": 2.0, "cp850": 1.5}
_MOST_OTHERS = 3
_APOSTROPHES = "’'‘´·"


@dataclass(frozen=True, slots=True)
class Guess:
    """The most likely encoding, and a word as it reads in it; and the same of others that are nearly as likely."""

    encoding: str
    word: str
    others: tuple[tuple[str, str], ...]


def cells_beyond_ascii(part: bytes) -> bytes:
    """The cells of a part of a text that have other characters than those of ASCII, one per line."""
    return b"\n".join(dict.fromkeys(found[0].strip() for found in _CELL.finditer(part)))


def guesses(sample: bytes) -> list[Guess]:
    """The encodings of cells with characters beyond ASCII, the most likely first."""
    found = chardet.detect_all(
        sample, ignore_threshold=True, include_encodings=list(ENCODINGS), compat_names=False, max_bytes=SAMPLE
    )
    few = sum(byte > 127 for byte in sample) <= _FEW
    scores: dict[str, tuple[float, str]] = {}
    for one in found:
        name = (one["encoding"] or "").replace("-", "_").lower()
        text = _decoded(sample, name) if name in ENCODINGS else None
        if text is not None:
            weight = _USED_MOST.get(name, 1) if few else _MOST_USED if name == "cp1252" else 1
            scores[name] = (one["confidence"] * weight * (_IMPLAUSIBLE if _is_implausible(text) else 1), text)
    order = list(ENCODINGS)
    ranked = sorted(scores, key=lambda name: (-scores[name][0], order.index(name)))
    return [_guess(name, ranked, scores, _NEAR_OF_FEW if few else _NEAR) for name in ranked]


def _guess(name: str, ranked: Sequence[str], scores: Mapping[str, tuple[float, str]], enough: float) -> Guess:
    """One encoding with the others that read the sample otherwise; each way to read it is named once."""
    score, text = scores[name]
    texts = {text}
    others: list[tuple[str, str]] = []
    word = next(iter(_WORD.findall(text)), "")
    for other in ranked:
        near, read = scores[other]
        if read not in texts and near >= enough * score:
            differing = [
                pair for pair in zip(_WORD.findall(text), _WORD.findall(read), strict=False) if len(set(pair)) > 1
            ]
            if differing and not others:
                word = differing[0][0]
            texts.add(read)
            others.append((other, next((there for here, there in differing if here == word), read.split("\n")[0])))
    return Guess(name, word, tuple(others[:_MOST_OTHERS]))


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeError:
        return None


def _is_implausible(text: str) -> bool:
    """Whether a symbol or a capital stands within a word, or a control character anywhere: "Cr‚atif", "PÙle"."""
    if any("\x7f" <= character < "\xa0" for character in text):
        return True
    for before, here, after in zip(text, text[1:], text[2:], strict=False):
        if here.isascii() or not before.isalpha() or not after.isalpha():
            continue
        if (not here.isalpha() and here not in _APOSTROPHES and not here.isspace()) or (
            here.isupper() and before.islower()
        ):
            return True
    return False
