"""The words: the values that every room of Interlude speaks in. Standard library only."""
