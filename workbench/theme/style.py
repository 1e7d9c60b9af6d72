"""From a Palette to Qt: the application's QPalette, font and style sheet."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QFont, QPalette

import assets
from workbench.theme.palette import CONTROL, HEADING_PX, RADIUS, SMALL_PX, TEXT_PX, Palette, mix


def qpalette(palette: Palette) -> QPalette:
    """The palette's colours as a QPalette, for widgets that the style sheet does not cover."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: palette.ground,
        roles.WindowText: palette.text,
        roles.Base: palette.card,
        roles.AlternateBase: palette.raised,
        roles.Text: palette.text,
        roles.PlaceholderText: palette.quiet,
        roles.Button: palette.raised,
        roles.ButtonText: palette.text,
        roles.BrightText: palette.bad,
        roles.Highlight: palette.accent,
        roles.HighlightedText: palette.on_accent,
        roles.Link: palette.accent,
        roles.LinkVisited: palette.accent,
        roles.ToolTipBase: palette.raised,
        roles.ToolTipText: palette.text,
        roles.Light: palette.raised,
        roles.Midlight: palette.line,
        roles.Mid: palette.line,
        roles.Dark: palette.line,
        roles.Shadow: palette.ground,
        roles.Accent: palette.accent,
    }
    made = QPalette()
    for role, colour in colours.items():
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(mix(palette.quiet, palette.card, 0.45)))
    return made


def numbers(font: QFont) -> QFont:
    """The font with tabular figures, so that numbers keep their width while they change."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def application_font(font: QFont) -> QFont:
    """The system's font at the size of the window's text, with tabular figures."""
    made = numbers(font)
    made.setPixelSize(TEXT_PX)
    return made


def stylesheet(palette: Palette) -> str:
    """The application's style sheet. It styles widgets by their object names ("card", "quiet", "primary", ...)."""
    p = palette
    hover = mix(p.raised, p.text, 0.07)
    pressed = mix(p.raised, p.text, 0.14)
    accent_hover = mix(p.accent, p.text if p.dark else p.ground, 0.15)
    chosen = mix(p.card, p.accent, 0.18 if p.dark else 0.12)
    faint = mix(p.quiet, p.card, 0.45)
    icons = (Path(assets.__file__).parent / "icons").as_posix()
    soft_line = mix(p.line, p.card, 0.35)
    # One look for all popups: menus, lists of choices, completions, cards at the mouse, tooltips.
    popup = f"background: {p.raised}; color: {p.text}; border: 1px solid {p.edge}; border-radius: 0;"
    # The focus: a frame, and a tint for controls whose frame has the accent already. Sizes stay, so that nothing moves.
    focused = f"border-color: {mix(p.accent, p.text, 0.35)}; background: {mix(p.raised, p.accent, 0.3)};"
    return f"""
* {{ font-size: {TEXT_PX}px; }}
QToolTip {{ {popup} padding: 6px 8px; }}
QFrame#popup, QListView#popup, QLabel#curveTable {{ {popup} }}
QListView#popup {{ outline: none; padding: 4px; selection-background-color: {chosen}; selection-color: {p.text}; }}
QLabel#curveTable {{ padding: 4px 6px; font-size: {SMALL_PX}px; }}
QFrame#card {{ background: {p.card}; border: 1px solid {p.line}; border-radius: {RADIUS}px; }}
QFrame#inner {{ background: transparent; border: 1px solid {p.line}; border-radius: {RADIUS}px; }}
QFrame#notice {{ background: {mix(p.card, p.bad, 0.12)}; border: 1px solid {mix(p.line, p.bad, 0.5)}; border-radius: {RADIUS}px; }}
QLabel#drop {{ background: {mix(p.ground, p.accent, 0.2)}; color: {p.text}; border: 2px dashed {p.accent};
  font-size: {HEADING_PX}px; }}
QFrame#news {{ background: {mix(p.card, p.accent, 0.14)}; border: 1px solid {mix(p.line, p.accent, 0.6)};
  border-radius: {RADIUS}px; }}
QToolButton#small {{ padding: 4px 6px; min-width: 12px; }}
QFrame#rule {{ background: {soft_line}; border: none; max-height: 1px; min-height: 1px; }}
QLabel {{ background: transparent; qproperty-textFormat: PlainText; }}
QLabel[rich="true"] {{ qproperty-textFormat: RichText; }}
QLabel#cardTitle, QLabel#strong {{ font-weight: 600; }}
QLabel#heading {{ font-size: {HEADING_PX}px; font-weight: 600; }}
QLabel#quiet {{ color: {p.quiet}; font-size: {SMALL_PX}px; }}
QLabel#bad {{ color: {p.bad}; font-size: {SMALL_PX}px; }}
QLabel#warning {{ color: {p.warning}; font-size: {SMALL_PX}px; }}
QLabel#tag, QLabel#warningTag {{ color: {p.quiet}; font-size: {SMALL_PX}px; border: 1px solid {p.line}; border-radius: 4px;
  padding: 0 4px; }}
QLabel#warningTag {{ color: {p.warning}; border-color: {mix(p.line, p.warning, 0.5)}; }}
QLabel#good {{ color: {p.good}; font-size: {SMALL_PX}px; }}

QPushButton, QToolButton {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.edge}; border-radius: 6px; padding: 4px 12px;
  min-height: {CONTROL - 12}px;
}}
QToolButton {{ padding: 3px 10px; min-height: {CONTROL - 14}px; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{ background: {pressed}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {faint}; background: transparent; border-color: {p.line}; }}
QPushButton:checked, QToolButton:checked {{ background: {chosen}; border-color: {p.accent}; }}
QPushButton:focus, QToolButton:focus {{ {focused} }}
QPushButton#primary {{ background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; font-weight: 600; }}
QPushButton#primary:hover {{ background: {accent_hover}; }}
QPushButton#primary:focus {{ background: {accent_hover}; border-color: {p.text}; }}
QPushButton#primary:disabled {{ background: {p.raised}; color: {faint}; border-color: {p.line}; }}
QPushButton#danger {{ color: {p.bad}; }}
QPushButton#flat, QToolButton#flat {{ background: transparent; border-color: transparent; color: {p.quiet}; padding: 2px 8px; }}
QPushButton#flat:hover, QToolButton#flat:hover {{ background: {p.raised}; color: {p.text}; }}
QPushButton#flat:focus, QToolButton#flat:focus {{ {focused} }}
QPushButton#flat:disabled, QToolButton#flat:disabled {{ color: {faint}; }}
QPushButton#link {{
  background: transparent; border: 1px solid transparent; color: {p.accent}; padding: 0; text-align: left; min-height: 14px;
}}
QPushButton#link:focus {{ {focused} }}
QPushButton#choice {{ text-align: left; padding: 3px 8px; }}
QPushButton#problem {{
  background: transparent; border: 1px solid transparent; color: {p.bad}; padding: 0; text-align: left; min-height: 14px;
  font-size: {SMALL_PX}px;
}}
QPushButton#problem:hover {{ text-decoration: underline; }}
QPushButton#problem:focus {{ {focused} }}
QPushButton#fold {{
  background: transparent; border: 1px solid transparent; color: {p.quiet}; padding: 1px 0; text-align: left;
}}
QPushButton#fold:hover {{ color: {p.text}; }}
QPushButton#fold:focus {{ color: {p.text}; {focused} }}
QPushButton#place {{
  background: transparent; border: 1px solid transparent; border-bottom: 2px solid transparent; border-radius: 0;
  color: {p.quiet}; padding: 3px 13px;
  min-height: 26px;
}}
QPushButton#place:hover {{ color: {p.text}; }}
QPushButton#place:checked {{ color: {p.text}; border-bottom-color: {p.accent}; font-weight: 600; background: transparent; }}
QPushButton#place:focus {{ color: {p.text}; border: 1px solid {p.accent}; border-bottom-width: 2px; }}
QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: none; width: 0; }}

/* Plots, lists, tables, thumbnails: the space of the frame is kept while they have no focus. */
QAbstractScrollArea {{ border: 1px solid transparent; }}
QAbstractScrollArea:focus {{ border: 1px solid {p.accent}; }}

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.edge}; border-radius: 6px; padding: 3px 8px;
  min-height: {CONTROL - 10}px;
  selection-background-color: {p.accent}; selection-color: {p.on_accent};
}}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus,
  QTextEdit:focus {{ {focused} }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{
  color: {faint}; background: transparent; border-color: {p.line};
}}
QLineEdit[wrong="true"], QComboBox[wrong="true"], QCheckBox[wrong="true"], QPushButton[wrong="true"] {{ border-color: {p.bad}; }}
QLineEdit {{ padding: 3px 6px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({icons}/down-{p.name}.svg); width: 12px; height: 12px; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView {{
  {popup} outline: none; padding: 4px;
  selection-background-color: {chosen}; selection-color: {p.text};
}}
QComboBox QAbstractItemView::item, QListView#popup::item {{ min-height: 20px; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; border: none; }}
QCheckBox, QRadioButton {{ spacing: 8px; background: transparent; }}
QCheckBox:disabled {{ color: {faint}; }}
QCheckBox::indicator, QAbstractItemView#checklist::indicator {{
  width: 14px; height: 14px; border: 1px solid {p.edge}; border-radius: 4px; background: {p.raised};
}}
QListWidget#checklist::item {{ padding: 3px 2px; }}
QListWidget#pages::item {{ padding: 4px 6px; }}
QCheckBox::indicator:checked, QAbstractItemView#checklist::indicator:checked {{
  background: {p.accent}; border-color: {p.accent}; image: url({icons}/check-{p.name}.svg);
}}
QCheckBox, QRadioButton {{ border: 1px solid transparent; border-radius: 4px; }}
QCheckBox:focus, QRadioButton:focus {{ {focused} }}

QSlider {{ min-height: 14px; background: transparent; border: 1px solid transparent; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {p.edge}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {p.accent}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: {p.accent}; }}
QSlider::handle:horizontal:hover {{ background: {p.text}; }}
QSlider:focus {{ border: 1px solid {p.accent}; border-radius: 4px; background: {mix(p.card, p.accent, 0.12)}; }}
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{ background: {p.line}; }}
QProgressBar {{ background: {p.line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; color: transparent; }}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 2px; }}

QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle {{ background: {p.edge}; border-radius: 4px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {p.quiet}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {p.edge}; }}

QAbstractItemView {{ background: {p.card}; outline: none; selection-background-color: {chosen}; selection-color: {p.text}; }}
QTableView {{ gridline-color: {soft_line}; alternate-background-color: {p.card}; }}
QTableView::item {{ padding: 0 5px; border: none; }}
QHeaderView {{ background: {p.card}; }}
QHeaderView::section {{
  background: {p.card}; color: {p.quiet}; border: none; border-bottom: 1px solid {p.line}; padding: 4px 8px;
  font-size: {SMALL_PX}px;
}}
QTreeView QHeaderView::section {{ padding: 4px 3px; }}
QMenu {{ {popup} padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {chosen}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::separator {{ height: 1px; background: {p.line}; margin: 4px 8px; }}
QTabBar::tab {{ background: transparent; color: {p.quiet}; padding: 4px 12px; border: none; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom-color: {p.accent}; }}
QTabWidget::pane {{ border: none; }}
"""
