"""From compiled returns of local authorities to a disclosure-controlled statistical release."""

__version__ = "0.1.0"
