"""The fonts of a figure: DejaVu, which matplotlib brings, and for characters that it lacks (Chinese, for instance) one that is
installed.

The characters that are needed are copied from the installed font into a small TrueType file: matplotlib opens only the first font
of a collection (Noto Sans CJK has the Japanese one there), and a PDF's Type 42 needs TrueType outlines, which many such fonts
do not have."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from matplotlib import font_manager

# Parts of the file names of fonts with Chinese characters, the preferred first: other fonts are tried after them.
PREFERRED = (
    *("notosanscjk", "notosanssc", "sourcehansans", "msyh", "pingfang", "hiragino", "wqy", "droidsansfallback"),
    *("simhei", "deng", "simsun", "stheiti", "arialuni", "cjk"),
)
# Names of files of other weights and slopes.
UNUSUAL = ("bold", "black", "light", "thin", "medium", "heavy", "italic", "oblique", "serif", "mono", "bd", "demi")


def families(text: str, serif: bool = False) -> tuple[list[str], str]:
    """The families of fonts in which `text` can be written, the first one first, and the characters that no installed font has."""
    base = "DejaVu Serif" if serif else "DejaVu Sans"
    known = font_manager.get_font(font_manager.findfont(base)).get_charmap()
    missing = frozenset(letter for letter in text if letter.isprintable() and not letter.isspace() and ord(letter) not in known)
    more, lost = _fallbacks(missing) if missing else ((), "")
    return [base, *more], lost


_written: dict[str, set[str]] = {}  # the characters that were copied so far, by family


@cache
def _fallbacks(missing: frozenset[str]) -> tuple[tuple[str, ...], str]:
    """The families made for these characters, and those that none of the installed fonts has."""
    made: list[str] = []
    left = set(missing)
    for path in _installed():
        if not left:
            break
        try:
            face = _face(path, left)
            if face is None:
                continue
            has = {letter for letter in left if ord(letter) in face.getBestCmap()}
            # With those of earlier figures: a family's name stands for its newest copy alone.
            every = _written.setdefault(_family(face), set())
            every |= has
            made.append(_copy(face, every))
        except (OSError, TTLibError, KeyError, ValueError, AssertionError):
            continue  # a font that cannot be read, or has only pictures
        left -= has
    return tuple(made), "".join(sorted(left))


def _installed() -> list[Path]:
    paths = [Path(path) for path in font_manager.findSystemFonts()]

    def rank(path: Path) -> tuple[int, bool, str]:
        name = path.stem.lower().replace("-", "").replace(" ", "")
        order = next((order for order, part in enumerate(PREFERRED) if part in name), len(PREFERRED))
        return order, any(part in name for part in UNUSUAL), str(path)

    return sorted(paths, key=rank)


def _face(path: Path, wanted: set[str]) -> Any:
    """The font in a file that has most of the characters, of a collection the one for simplified Chinese; None where none has
    any."""
    faces = TTCollection(path, lazy=True).fonts if path.suffix.lower() in (".ttc", ".otc") else [TTFont(path, lazy=True)]
    best, most = None, (0, False)
    for face in faces:
        characters = face.getBestCmap() or {}
        score = sum(ord(letter) in characters for letter in wanted), _family(face).endswith((" SC", " YaHei"))
        if score[0] and score > most:
            best, most = face, score
    return best


def _family(face: Any) -> str:
    return str(face["name"].getBestFamilyName() or "Fallback")


def _copy(face: Any, letters: set[str]) -> str:
    """Copy these characters of a font into a TrueType font that matplotlib can use; its family."""
    outlines, characters = face.getGlyphSet(), face.getBestCmap()
    names = {ord(letter): characters[ord(letter)] for letter in sorted(letters)}
    order = list(dict.fromkeys([".notdef", *names.values()]))
    units, cubic = int(face["head"].unitsPerEm), "CFF " in face or "CFF2" in face
    glyphs: dict[str, Any] = {}
    for name in order:
        outline, pen = DecomposingRecordingPen(outlines), TTGlyphPen(None)
        if name in outlines:
            outlines[name].draw(outline)
        # Curves of degree 3 become ones of degree 2 within a thousandth of the font's size.
        outline.replay(Cu2QuPen(pen, units / 1000, reverse_direction=cubic))
        glyphs[name] = pen.glyph()
    family = _family(face)
    postscript = "".join(letter for letter in family if letter.isascii() and letter.isalnum()) + "-Regular"
    builder = FontBuilder(units, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    widths = {name: round(outlines[name].width) if name in outlines else units for name in order}
    builder.setupHorizontalMetrics({name: (widths[name], getattr(table[name], "xMin", 0)) for name in order})
    head = face["hhea"]
    builder.setupHorizontalHeader(ascent=head.ascent, descent=head.descent)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "fullName": family, "psName": postscript})
    builder.setupOS2(sTypoAscender=head.ascent, sTypoDescender=head.descent, usWinAscent=max(0, head.ascent))
    builder.setupPost()
    path = _directory() / f"{postscript}-{abs(hash(frozenset(letters))):x}.ttf"
    builder.save(path)
    # Of the same family, an earlier copy with other characters.
    manager = font_manager.fontManager
    manager.ttflist = [entry for entry in manager.ttflist if entry.name != family]
    manager.addfont(str(path))
    return family


@cache
def _directory() -> Path:
    """Where the copies lie while the program runs."""
    made = tempfile.mkdtemp(prefix="parallax-fonts-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)
