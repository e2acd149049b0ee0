"""The words of a mail, once as plain text and once as HTML, from the same blocks.

The HTML is what every mail program shows: one table, styles on the elements, a button that is a table cell. Colours
for the dark are in a style sheet that some pass over; the others keep dark ink on light paper, or turn it round.
"""

from __future__ import annotations

import re
from html import escape

from mentoring.mail import Block, Heading, Link, Points, Words

_BLANKS = re.compile(r"[ \t]+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (prefers-color-scheme: dark) {{
.paper {{ background: #161512 !important; }}
.card {{ background: #211f1b !important; }}
.card, .line {{ border-color: #3a362f !important; }}
.ink {{ color: #f2eee5 !important; }}
.soft {{ color: #b6ae9f !important; }}
.link {{ color: #7ad5b3 !important; }}
.button {{ background: #7ad5b3 !important; }}
.button a {{ color: #06281e !important; }}
}}
</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#f4f1ea;">
<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f4f1ea"
 style="background:#f4f1ea;"><tr><td align="center" style="padding:24px 12px;">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#fffdf8"
 style="max-width:560px;background:#fffdf8;border:1px solid #dcd5c7;border-radius:12px;"><tr>
<td align="left" style="padding:28px 28px 20px;{font}">
{blocks}
</td></tr></table>
</td></tr></table>
</body>
</html>
"""
_HEADINGS = {
    "h1": '<h1 class="ink" style="margin:0 0 10px;color:#211f1a;font-size:22px;line-height:1.25;">',
    "h2": '<h2 class="ink" style="margin:20px 0 10px;color:#211f1a;font-size:17px;line-height:1.25;">',
}
_FOOT = '<div class="line" style="margin-top:24px;padding-top:16px;border-top:1px solid #dcd5c7;">'
_INK = "margin:0 0 14px;color:#211f1a;font-size:16px;line-height:1.5;"
_SOFT = "margin:0 0 8px;color:#5d574c;font-size:13px;line-height:1.5;"
_BUTTON = """\
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:6px 0 20px;"><tr>
<td class="button" bgcolor="#0b5c48" style="border-radius:24px;background:#0b5c48;">
<a href="{url}" style="display:inline-block;padding:12px 24px;color:#ffffff;font-size:16px;font-weight:bold;\
text-decoration:none;{font}">{words}</a></td>
</tr></table>"""


def as_text(blocks: tuple[Block, ...]) -> str:
    """One paragraph a block; an address stands alone on its line, so that no program breaks it."""
    return "\n\n".join(filter(None, map(_text, blocks))) + "\n"


def as_html(blocks: tuple[Block, ...], title: str) -> str:
    """A whole page. Whatever the blocks hold is shown as letters, never read as HTML. Quiet words and what follows them
    are the foot of the mail."""
    first = next((block for block in blocks if isinstance(block, Heading)), None)
    body, foot = _parted(blocks)
    written = [_html(block, "h1" if block is first else "h2") for block in body]
    if foot:
        written += [_FOOT, *(_html(block, "h2", _SOFT) for block in foot), "</div>"]
    return _PAGE.format(title=escape(one_line(title)), font=_FONT, blocks="\n".join(written))


def _parted(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    at = next((n for n, block in enumerate(blocks) if isinstance(block, Words) and block.quiet), len(blocks))
    return blocks[:at], blocks[at:]


def _text(block: Block) -> str:
    match block:
        case Heading(text) | Words(text):
            return _tidy(text)
        case Points(lines):
            return "\n".join(f"- {_tidy(line)}" for line in lines)
        case Link(words, url):
            return f"{_tidy(words)}\n{url}"


def _html(block: Block, heading: str, style: str = _INK) -> str:
    css = "soft" if style == _SOFT else "ink"
    match block:
        case Heading(text):
            return f"{_HEADINGS[heading]}{_safe(text)}</{heading}>"
        case Words(text):
            return f'<p class="{css}" style="{style}">{_safe(text)}</p>'
        case Points(lines):
            items = "".join(f'<li class="{css}" style="margin:0 0 6px;">{_safe(line)}</li>' for line in lines)
            return f'<ul class="{css}" style="{style}padding-left:22px;">{items}</ul>'
        case Link(words, url, main) if main:
            return _BUTTON.format(url=escape(url), words=_safe(words), font=_FONT)
        case Link(words, url):
            anchor = f'<a class="link" href="{escape(url)}" style="color:#0b5c48;">{_safe(words)}</a>'
            return f'<p class="{css}" style="{style}">{anchor}</p>'


def _safe(text: str) -> str:
    return escape(_tidy(text)).replace("\n", "<br>\n")


def _tidy(text: str) -> str:
    """Without control characters and stray blanks; line breaks stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_BLANKS.sub(" ", _CONTROL.sub("", line)).strip() for line in lines).strip()


def one_line(text: str) -> str:
    """The text on one line and without control characters, so that no name or title begins a header of its own."""
    return _CONTROL.sub("", " ".join(text.split()))
