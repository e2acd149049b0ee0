"""The door: what people see and press. Every page asks one workflow function and lays out its answer."""
