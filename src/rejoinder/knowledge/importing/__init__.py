"""Knowledge comes in: files of several formats, pairs of question and answer, websites that are kept current."""
