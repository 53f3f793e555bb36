"""The figures: box plots with every patient a mark, drawn by one code for screen and file."""

from esk_gui.figures.files import Sheet, render_png

__all__ = ["Sheet", "render_png"]
