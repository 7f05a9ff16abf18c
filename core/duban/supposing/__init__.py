"""What if: a workspace judged with single values of its rules or its ledger changed, nothing written."""
