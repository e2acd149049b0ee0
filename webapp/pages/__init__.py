"""One Blueprint a page: parse, one call, redirect."""
