"""Reads a scholarly book: clean text, sections, notes joined to their marks, and the way back."""
