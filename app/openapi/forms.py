"""The form of 设置接口 (screens.md 7.1)."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from app.core.forms import BaseForm
from app.openapi import services


class ClientForm(BaseForm):
    """An access; a last day that is over is told together with everything else."""

    last_day_kept: date | None = None  # an access that has ended may stay so

    def validate_valid_to(self, field: Any) -> None:
        """Refuse a last day that is over already, with the sentence of the service."""
        for problem in services.past(field.data, self.last_day_kept):
            raise ValidationError(str(problem))
