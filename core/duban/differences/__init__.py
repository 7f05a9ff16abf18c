"""Two rulesets side by side: what differs in meaning, and what each difference does to a ledger."""
