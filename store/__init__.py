"""Memory: the tables, the migrations, and rows turned into words and back."""
