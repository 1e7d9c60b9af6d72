"""Processes, devices and progress."""
