"""Executing chapters, writing pages, building the site."""
