"""An invented company, the same on each run and dated around today, on which Interlude can be tried."""
