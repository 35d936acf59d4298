"""Which addresses of a site are read: as it links them, lists them, allows them."""
