"""From syntax trees to summaries."""
