"""`python -m rtmaudit` does what the command `rtmaudit` does."""

from rtmaudit.cli import command

command()
