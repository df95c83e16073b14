"""Adapts the encoder to written questions: material, training, and what it changes."""
