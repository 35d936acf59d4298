"""Knowledge, for who looks after it: bases, documents, websites."""
