"""Bank statements as files: camt, BAI2, MT940 and CSV, read into one neutral form."""
