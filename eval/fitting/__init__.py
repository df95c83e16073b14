"""Fits the weights of ranking, quoting and abstaining to questions whose answers are known."""
