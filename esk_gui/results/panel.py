"""The chosen cell explains itself: a column beside the tables, or a strip under them where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.results.explanation import Block, Explanation, Line, Offer, Strip
from esk_gui.results.offer import OfferBlock
from esk_gui.results.strip import StripPlot
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PANEL_PADDING, PANEL_WIDTH, Hairline, HeaderBar, TintBlock, bare
from esk_gui.widgets.labels import ElidedLabel, MessageLabel, set_property, text_label

STRIP_HEIGHT = 40
_DRAWER_HEIGHT, _DRAWER_BLOCK = 196, 264
_BESIDE = 8


class ExplainPanel(QFrame):
    """Shows one ``Explanation``; says what to do where no cell is chosen.

    ``exact_wanted`` with the offer that was taken up, ``exact_cancelled`` when its computation is to stop.
    """

    exact_wanted = Signal(object)
    exact_cancelled = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("results_explanation")
        self._wording, self._theme = wording, theme
        self._explanation: Explanation | None = None
        self._offer: OfferBlock | None = None
        self._wanted_scroll = 0
        self._inner = PANEL_WIDTH - 2 * PANEL_PADDING
        self._is_strip = False
        self._is_open = False
        self._column = bare(QVBoxLayout(self))
        self._build()

    @property
    def explanation(self) -> Explanation | None:
        return self._explanation

    @property
    def is_open(self) -> bool:
        """Whether the strip's drawer is open."""
        return self._is_open

    def explain(self, explanation: Explanation | None) -> None:
        old, self._explanation = self._explanation, explanation
        if explanation == old:
            return
        bar = self._area.verticalScrollBar()
        stays = old is not None and explanation is not None and explanation.about == old.about
        self._wanted_scroll = bar.value() if stays else 0
        self._fill()

    def _scroll_back(self, _: int, highest: int) -> None:
        """More of the same is told: what was being read stays in sight."""
        if 0 < self._wanted_scroll <= highest:
            self._area.verticalScrollBar().setValue(self._wanted_scroll)
            self._wanted_scroll = 0

    def set_column(self, width: int = PANEL_WIDTH) -> None:
        """Stand beside the tables, ``width`` pixels wide."""
        self.setFixedWidth(width)
        inner = width - 2 * PANEL_PADDING
        if self._is_strip:
            self._is_strip, self._inner = False, inner
            self._build()
        elif inner != self._inner:
            self._inner = inner
            self._fill()

    def set_strip(self) -> None:
        """Lie under the tables: one line, and a drawer with the rest."""
        if not self._is_strip:
            self._is_strip, self._inner = True, _DRAWER_BLOCK
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
            self._build()

    def show_running(self, running: Offer | None, share: float) -> None:
        """Tell how far the exact P is that is being computed; None where none is."""
        if self._offer is not None:
            self._offer.show_running(running is not None and running == self._offer.offer, share)

    def set_drawer_height(self, height: int) -> None:
        """How high the drawer may be: the tables keep the larger part."""
        if self._is_strip:
            self._area.setFixedHeight(min(_DRAWER_HEIGHT, height))

    def open_drawer(self, is_open: bool) -> None:
        """Open or shut the strip's drawer."""
        self._is_open = is_open
        if self._is_strip:
            self._area.setVisible(is_open)
            self._toggle.setChecked(is_open)
            self._toggle.setIcon(icon("chevron_down" if is_open else "chevron_up", self._theme))

    def _build(self) -> None:
        """Build the arrangement for the present width anew and fill it."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        set_property(self, "kind", "foot" if self._is_strip else "side_right")
        words = self._wording
        self._decisive = text_label("", "heading" if self._is_strip else "verdict", "results_decisive")
        tip = words("results.explain.copy")
        self._copy = button("", self._theme, self.copy, kind="quiet", icon_name="copy", tooltip=tip, in_header=True)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.verticalScrollBar().rangeChanged.connect(self._scroll_back)
        if self._is_strip:
            self._build_strip()
        else:
            self._build_column()
        self._column.addWidget(self._area, 1)
        self._fill()
        self.open_drawer(self._is_open)

    def _build_column(self) -> None:
        header = HeaderBar(PANEL_PADDING)
        header.row.addWidget(text_label(self._wording("results.explain.title"), "heading"), 1)
        header.row.addWidget(self._copy)
        self._about: QLabel = text_label("", "second", "results_about", wrap=True)
        self._tint = TintBlock("accent")
        self._tint.column.addWidget(self._decisive)
        self._tint.column.addWidget(self._about)
        self._column.addWidget(header)
        self._column.addWidget(self._tint)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _build_strip(self) -> None:
        self._about = ElidedLabel("", "second")
        self._about.setObjectName("results_about")
        self._toggle = button(
            self._wording("results.explain.title"), self._theme, kind="quiet", icon_name="chevron_up", in_header=True
        )
        self._toggle.setObjectName("results_drawer")
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self.open_drawer)
        line = QWidget()
        line.setFixedHeight(STRIP_HEIGHT)
        row = QHBoxLayout(line)
        row.setContentsMargins(PANEL_PADDING, 0, PANEL_PADDING, 0)
        row.setSpacing(8)
        row.addWidget(self._decisive)
        row.addWidget(self._about, 1)
        row.addWidget(self._copy)
        row.addWidget(self._toggle)
        self._column.addWidget(line)
        self._area.setFixedHeight(_DRAWER_HEIGHT)

    def _fill(self) -> None:
        found, words = self._explanation, self._wording
        self._copy.setEnabled(found is not None)
        self._decisive.setVisible(found is not None)
        self._decisive.setText(found.decisive if found else "")
        self._about.setText(found.about if found else words("results.explain.none"))
        if not self._is_strip:
            self._tint.set_tint("accent")
        self._area.setWidget(self._content())

    def _content(self) -> QWidget:
        """The blocks and the plot, one under another, or side by side in the drawer."""
        content = QWidget()
        across = QBoxLayout.Direction.LeftToRight if self._is_strip else QBoxLayout.Direction.TopToBottom
        flow = QBoxLayout(across, content)
        flow.setContentsMargins(PANEL_PADDING, PANEL_PADDING, PANEL_PADDING, PANEL_PADDING)
        flow.setSpacing(PANEL_PADDING if not self._is_strip else 24)
        for at, part in enumerate(self._parts()):
            if at:
                flow.addWidget(Hairline(upright=self._is_strip))
            if self._is_strip:
                part.setFixedWidth(_DRAWER_BLOCK)
            flow.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        flow.addStretch(1)
        return content

    def _parts(self) -> list[QWidget]:
        self._offer = None
        found = self._explanation
        if found is None:
            return []
        parts = [self._block(block) for block in found.blocks]
        if found.strip is not None:
            computed = sum(1 for block in found.blocks if block.lines) - 1
            parts.insert(max(1, min(3, computed)), self._plot(found.strip))
        if found.offer is not None:
            self._offer = OfferBlock(found.offer, self._wording, self._theme)
            self._offer.wanted.connect(self.exact_wanted)
            self._offer.cancelled.connect(self.exact_cancelled)
            parts.insert(0, self._offer)
        if found.warnings:
            parts.insert(0, self._warnings(found.warnings))
        return parts

    def _warnings(self, warnings: tuple[str, ...]) -> QWidget:
        """What is to be kept in mind with this figure: each with its icon, never by colour alone."""
        made = QWidget()
        made.setObjectName("results_warnings")
        column = bare(QVBoxLayout(made), 4)
        for text in warnings:
            message = MessageLabel(self._theme)
            column.addWidget(message)
            message.show_message(text, "warning")
        return made

    def _block(self, block: Block) -> QWidget:
        made = QWidget()
        column = bare(QVBoxLayout(made), 4)
        column.addWidget(text_label(block.heading, "heading"))
        if block.text:
            column.addWidget(text_label(block.text, "second", wrap=True))
        for line in block.lines:
            column.addLayout(self._line(line))
        return made

    def _plot(self, strip: Strip) -> QWidget:
        made = QWidget()
        column = bare(QVBoxLayout(made), 4)
        head = bare(QHBoxLayout(), 8)
        head.addWidget(text_label(strip.heading, "heading"), 1)
        head.addWidget(text_label(self._wording("results.explain.line_median"), "foot"))
        column.addLayout(head)
        column.addWidget(StripPlot(strip, self._wording, self._theme))
        return made

    def copy(self) -> None:
        """Put the explanation on the clipboard as text."""
        if self._explanation is not None:
            QGuiApplication.clipboard().setText(self._explanation.as_text())

    def _line(self, line: Line) -> QBoxLayout:
        """A figure beside its name, or under it where both do not fit on one line."""
        name, value = text_label(line.name, "second"), text_label(line.value)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        for label in (name, value):
            label.setToolTip(line.tip)
            label.ensurePolished()
        fits = name.sizeHint().width() + _BESIDE + value.sizeHint().width() <= self._inner
        if fits:
            row: QBoxLayout = bare(QHBoxLayout(), _BESIDE)
        else:
            row = bare(QVBoxLayout(), 0)
            for label in (name, value):
                label.setWordWrap(label.sizeHint().width() > self._inner)
        row.addWidget(name)
        row.addWidget(value, 1)
        return row
