"""What gunicorn serves."""

from __future__ import annotations

import os

from mentoring.settings import Settings
from webapp.app import create_app
from webapp.logs import keep_tokens_out
from workflows.commands.running import log_to_stderr

settings = Settings.from_env(os.environ)
log_to_stderr(settings)
keep_tokens_out()
app = create_app(settings)
