"""Tables and lists of records: a section for each pair of question and answer, or for each row."""
