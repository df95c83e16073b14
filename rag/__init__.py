"""Answers questions: understand, retrieve, rank, quote, verify, or abstain."""
