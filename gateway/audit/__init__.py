"""Who asked what, of which systems, and what came of it: one line of JSON per question."""
