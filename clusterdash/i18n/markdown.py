"""Free text that stays text in Markdown, and the bold runs of our own texts."""

from __future__ import annotations

import re

_MARKS = r"[\\`*_{}\[\]()#+\-.!|<>~$:&^=]"
"""What has a meaning in Markdown."""
_WORD_JOINER = "\u2060"


def escape_markdown(text: str) -> str:
    """A text for Markdown that stays text: no markup, no link, no icon, no arrow, no formula.

    Backslashes take the meaning from marks; a word joiner, of no width, breaks what Streamlit would link or replace
    after that.
    """
    joined = re.sub(r"(?i)(www)(?=\.)|:(?=[\w/])|@|[-<=>](?=[-<=>])", rf"\g<0>{_WORD_JOINER}", text)
    return re.sub(f"({_MARKS})", r"\\\1", joined)


def bold_runs(markdown: str) -> list[tuple[str, bool]]:
    """One of our texts in Markdown as runs of plain text, each with whether it is bold.

    For PDFs, which have the same sentences as the pages: what `escape_markdown` has escaped is itself again. Bold is
    all of Markdown that it knows, for our sentences use nothing else.
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
