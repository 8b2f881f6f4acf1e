"""What the service knows."""

DOLLARS = {"EUR": 0.86, "GBP": 0.75, "CHF": 0.80, "JPY": 156.0, "CAD": 1.41}
"""What one dollar is worth in each currency; invented, and always the same."""
