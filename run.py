"""Starts the application: ``flask --app run ...`` and the web servers import ``app``."""

from app import create_app

app = create_app()
