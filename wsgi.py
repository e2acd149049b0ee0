"""What gunicorn serves."""

from __future__ import annotations

import os

from mentoring.settings import Settings
from webapp.app import create_app

app = create_app(Settings.from_env(os.environ))
