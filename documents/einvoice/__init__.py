"""Electronic invoices: read (`reading`), judged by the rules of EN 16931 (`verdict`), written (`ubl_writing`)."""
