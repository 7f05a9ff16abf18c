"""Why: every total taken apart into what adds up to it, down to the cases that cost points."""
