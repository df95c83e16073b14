"""Trains the reader: the encoder goes on to see question and passage at once."""
