"""How sure a ranking is: what the numbers of cases allow to be said of rates, ranks and lists."""
