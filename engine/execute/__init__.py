"""How work is started beside this process."""
