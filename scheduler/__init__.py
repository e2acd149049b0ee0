"""Time: the availability grid, openings for a pair, who meets whom when."""
