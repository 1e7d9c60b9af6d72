"""Figures for print: what a panel shows as plain data (`figure_data`), size and fonts (`figure_style`), drawing (`draw_figure`).

`draw_figure` and `figure_fonts` import matplotlib, which takes a second: only the answer of a question imports them.
"""
