"""Editions: the internal one holds everything, the public one only what the workspace lets the public see."""
