"""Figures for print: what a panel shows as plain data (`description`), its size and fonts (`style`), and the drawing (`render`).

`render` and `fonts` import matplotlib, which takes a second: only the answer of a question imports them.
"""
