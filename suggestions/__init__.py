"""Judgement: themes in what people write, what recurs, who suits whom, the rules and their reasons."""
