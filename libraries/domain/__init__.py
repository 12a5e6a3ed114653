"""The ground's pure rules: no Django, no clock, no database."""
