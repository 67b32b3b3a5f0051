"""Makes `static/clusterdash-icons.woff2`: Streamlit's font of icons with those in `names.txt` alone, 375 kB less.

    pip install fonttools brotli && python tests/data/icons/make.py

After an update of Streamlit: `tests/server/test_icons.py` says which names are missing.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
MEDIA = Path(str(importlib.util.find_spec("streamlit").origin)).parent / "static" / "static" / "media"  # type: ignore[union-attr]


def main() -> None:
    """Keep letters, digits, "_", and the ligatures that spell a name."""
    (whole,) = MEDIA.glob("MaterialSymbols-Rounded.*.woff2")
    font = TTFont(whole)
    names = set((HERE / "names.txt").read_text().split())
    written = {glyph: chr(code) for code, glyph in font.getBestCmap().items() if code < 128}
    drawn = {
        ligature.LigGlyph
        for lookup in font["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
        for first, ligatures in getattr(table, "ExtSubTable", table).ligatures.items()
        for ligature in ligatures
        if "".join(written.get(glyph, "?") for glyph in (first, *ligature.Component)) in names
    }
    options = subset.Options(flavor="woff2", layout_closure=False)
    reduced = subset.Subsetter(options)
    reduced.populate(glyphs=drawn, text="abcdefghijklmnopqrstuvwxyz0123456789_")
    reduced.subset(font)
    subset.save_font(font, HERE.parents[2] / "static" / "clusterdash-icons.woff2", options)


if __name__ == "__main__":
    main()
