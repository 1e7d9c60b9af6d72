"""The engine at the other end of a pipe: `python -m engine serve`, started by OpenSSH. Data only: no pickle, no code, no port."""
