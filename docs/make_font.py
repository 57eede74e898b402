"""Makes the Japanese fonts in rps_game/ui/fonts from M PLUS 1: the letters that the game needs.

OpenCV has one Chinese and Japanese font, of a single weight, which looks too thin beside its bold
Latin letters. The fonts contain no Latin letters, so OpenCV takes those from its own font.

    python docs/make_font.py /usr/share/fonts/opentype/mplus    # of Debian's fonts-mplus

Run it again after changing rps_game/ui/languages/ja.toml. It needs fontTools, which comes with
Matplotlib.
"""

import argparse
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT / "rps_game" / "ui" / "languages" / "ja.toml"
FONTS = ROOT / "rps_game" / "ui" / "fonts"
WEIGHTS = {500: "Medium", 700: "Bold", 800: "ExtraBold"}
KANA = "".join(map(chr, range(0x3000, 0x3100)))
OTHERS = "「」、。！？（）：〜・ー…％＋－０１２３４５６７８９"  # noqa: RUF001
ASCENT, DESCENT = 950, -230  # of an em of 1000: sizes the letters as those of OpenCV's fonts
UNUSED = ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]


def letters() -> set[str]:
    """The letters in the texts that are not Latin, and all kana, for players' names."""
    texts = {letter for letter in TEXTS.read_text(encoding="utf-8") if ord(letter) > 0x2000}
    return texts | set(KANA) | set(OTHERS)


def main() -> None:
    """Write a font of each weight."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder with Mplus1-Medium.otf")
    folder = parser.parse_args().folder
    options = subset.Options()
    options.layout_features, options.hinting = [], False
    options.name_IDs = [0, 1, 2, 5, 13, 14]  # copyright, names, version, licence
    options.drop_tables += UNUSED
    for weight, name in WEIGHTS.items():
        font = subset.load_font(str(folder / f"Mplus1-{name}.otf"), options)
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(letters())))
        cutter.subset(font)
        font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ASCENT, DESCENT, 0
        font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender = ASCENT, DESCENT
        font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = ASCENT, -DESCENT
        font.save(FONTS / f"mplus-{weight}.otf")


if __name__ == "__main__":
    main()
