"""What it would take: the smallest changes to the ledger that put a department on a list, or that push it off."""
