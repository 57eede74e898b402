"""Japanese fonts of several weights (OFL.txt), and which font a text is drawn with.

docs/make_font.py makes the fonts.
"""
