"""From compiled returns of local authorities to a disclosure-controlled statistical release."""
