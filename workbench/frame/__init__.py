"""The parts of the window around the panels."""

from workbench.frame import dialogs

# The earlier name of this module, under which scripts replace its functions.
asking = dialogs
