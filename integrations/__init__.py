"""Outside: one file a provider, spoken to through one guarded HTTP session."""
