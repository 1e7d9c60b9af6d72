"""Journeys: whole pieces of work in the real window, done by a program that acts as a user does, with clicks and keys alone."""
