"""Weekly, honest evaluation of a voice agent. Importing the package loads nothing heavy."""

__version__ = "0.1.0"
