"""Two runs side by side: who moved, and how much of each move is rules, own data, others' data, corrections."""
