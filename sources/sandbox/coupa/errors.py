"""Errors as Coupa writes them in JSON: ``{"errors": {"<subject>": ["<what is wrong>"]}}``."""

from starlette.responses import JSONResponse


class CoupaError(Exception):
    """Something Coupa would refuse: `subject` is the object or attribute the message is about."""

    def __init__(self, subject: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.subject = subject
        self.message = message
        self.status = status

    def response(self) -> JSONResponse:
        return JSONResponse({"errors": {self.subject: [self.message]}}, status_code=self.status)
