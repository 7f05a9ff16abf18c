"""Objections of departments: their forms, and where each of them stands."""
