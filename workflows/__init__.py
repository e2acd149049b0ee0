"""Doing: syncing, proposing, answering, and the jobs and commands that start them."""
