"""The door: the web application."""
