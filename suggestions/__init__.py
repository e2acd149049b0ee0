"""Judgement: themes in what people write, needs, suitability, rules, reasons. Pure: values in, values out."""
