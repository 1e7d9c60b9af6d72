"""Runs on several devices: the ranks of a run, what they exchange, and their launcher."""
