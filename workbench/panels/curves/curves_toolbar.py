"""The row of controls above the curves: how they are drawn. The panel takes their values at each `changed`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSettings, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSizePolicy, QSlider

from workbench.plots.series import X_KINDS, XKind
from workbench.theme.palette import GAP
from workbench.widgets.figure_button import FigureButton
from workbench.widgets.flow import FlowLayout

translate = QCoreApplication.translate


class CurvesToolbar(FlowLayout):
    """`changed`: smoothing, the quantity on the x axis or a toggle has changed, except `by_seed`, which has a signal of its own."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(spacing=GAP // 2 + 2)
        label = QLabel(translate("CurvesPanel", "Smoothing"))
        label.setObjectName("quiet")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setValue(50)
        self.slider.setFixedWidth(68)
        self.slider.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.slider.setAccessibleName(translate("CurvesPanel", "Smoothing"))
        self.slider.setToolTip(translate("CurvesPanel", "Weight of past values in the exponential moving average"))
        label.setBuddy(self.slider)
        self.slider.valueChanged.connect(self.changed)
        self.x = QComboBox()
        words = {
            "step": translate("CurvesPanel", "Step"),
            "epoch": translate("CurvesPanel", "Epoch"),
            "images": translate("CurvesPanel", "Images"),
            "seconds": translate("CurvesPanel", "Time"),
        }
        for kind in X_KINDS:
            self.x.addItem(words[kind], kind)
        self.x.setAccessibleName(translate("CurvesPanel", "Quantity on the x axis"))
        self.x.activated.connect(self.changed)
        self.log_x = _toggle(translate("CurvesPanel", "log x"), translate("CurvesPanel", "Logarithmic x"))
        self.log_y = _toggle(translate("CurvesPanel", "log y"), translate("CurvesPanel", "Logarithmic y of the large plot"))
        self.calm = _toggle(
            translate("CurvesPanel", "no outliers"), translate("CurvesPanel", "Leave outliers out of the range of y")
        )
        for toggle in (self.log_x, self.log_y, self.calm):
            toggle.toggled.connect(self.changed)
        self.by_seed = _toggle(
            translate("CurvesPanel", "by seed"),
            translate(
                "CurvesPanel",
                "Draw runs that are equal but for the seed as their mean, with a band of one standard deviation (n − 1)",
            ),
        )
        self.show_all = QPushButton(translate("CurvesPanel", "Show all"))
        self.show_all.setObjectName("flat")
        self.show_all.setToolTip(translate("CurvesPanel", "Show the whole run and follow it (Home)"))
        self.choose_plots = QPushButton(translate("CurvesPanel", "Plots…"))
        self.choose_plots.setStyleSheet("padding: 3px 8px;")
        self.choose_plots.setToolTip(
            translate("CurvesPanel", "All figures that the runs measure: filter them by name, add and remove plots")
        )
        self.figure_button = FigureButton()
        for widget in (label, self.slider, self.x, self.log_x, self.log_y, self.calm, self.by_seed):
            self.addWidget(widget)
        self.addStretch()
        for widget in (self.show_all, self.choose_plots, self.figure_button):
            self.addWidget(widget)

    @property
    def smoothing(self) -> float:
        """Weight of the past: 0 to 0.999, finer towards 1, where it matters."""
        share = self.slider.value() / 100
        weight: float = 1 - (1 - share) ** 3.3
        return min(0.999, round(float(weight), 2 if weight < 0.985 else 3))

    @property
    def x_kind(self) -> XKind:
        """The quantity on the x axis."""
        return X_KINDS[self.x.currentIndex()]

    def save(self, settings: QSettings) -> None:
        """Save how the curves are drawn."""
        settings.setValue("curves/x", self.x_kind)
        settings.setValue("curves/smoothing", self.slider.value())
        settings.setValue("curves/by_seed", int(self.by_seed.isChecked()))

    def restore(self, settings: QSettings) -> None:
        """Restore what was saved; anything else keeps its default. `changed` is not always emitted."""
        index = self.x.findData(str(settings.value("curves/x", "")))
        if index >= 0:
            self.x.setCurrentIndex(index)
        smoothing = str(settings.value("curves/smoothing", ""))
        if smoothing.isdecimal() and len(smoothing) < 4:
            self.slider.setValue(int(smoothing))
        self.by_seed.setChecked(str(settings.value("curves/by_seed", "")) == "1")


def _toggle(text: str, help: str) -> QPushButton:
    button = QPushButton(text)
    button.setCheckable(True)
    button.setStyleSheet("padding: 3px 8px;")
    button.setAccessibleName(help)
    button.setToolTip(help)
    return button
