"""A file is fetched, judged and kept."""
