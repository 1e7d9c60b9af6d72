"""An example package: what another package adds to Parallax. See rows.py."""
