"""What it adds up to: reports over the facts of the lower floors, each figure with the rows that it is the sum of."""
