"""The two editions of guidance that the product implements, by their names in editions.csv.

Other editions may be added as data; these are the two whose texts pages, dictionary and importers
are written about.
"""

# Metrics and measures of the proposed performance framework of 2020.
METRIC_EDITION = "2020-proposed"
# Performance measures of the code of practice of 2016.
CODE_EDITION = "2016-code"
