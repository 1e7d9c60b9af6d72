"""The parts of the window around the panels."""

from workbench.frame import dialogs

# The name of this module in earlier versions, under which scripts replace its questions.
asking = dialogs
