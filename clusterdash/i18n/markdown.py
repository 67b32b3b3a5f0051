"""Escaping of free text in Markdown, and the bold runs of our own texts."""

from __future__ import annotations

import re

_MARKS = r"[\\`*_{}\[\]()#+\-.!|<>~$:&^=]"
"""Characters with a meaning in Markdown."""
_WORD_JOINER = "\u2060"


def escape_markdown(text: str) -> str:
    """Escape a text for Markdown, so that it contains no markup, link, icon, arrow or formula.

    Backslashes escape the special characters; a word joiner, of no width, breaks what Streamlit would link or replace
    after that.
    """
    joined = re.sub(r"(?i)(www)(?=\.)|:(?=[\w/])|@|[-<=>](?=[-<=>])", rf"\g<0>{_WORD_JOINER}", text)
    return re.sub(f"({_MARKS})", r"\\\1", joined)


def bold_runs(markdown: str) -> list[tuple[str, bool]]:
    """Split one of our Markdown texts into runs of plain text, each with whether it is bold.

    For PDFs, which use the same sentences as the pages: what `escape_markdown` escaped is unescaped. Bold is the only
    markup supported, since our sentences use no other.
    """
    found: list[tuple[str, bool]] = []
    bold = False
    for escaped, mark, other in re.findall(rf"(?s)\\({_MARKS})|(\*\*)|([^\\*]+|.)", markdown.replace(_WORD_JOINER, "")):
        if mark:
            bold = not bold
        elif found and found[-1][1] == bold:
            found[-1] = (found[-1][0] + escaped + other, bold)
        else:
            found.append((escaped + other, bold))
    return found
