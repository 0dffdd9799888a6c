"""What Tryton answers when it does not do what was asked.

Errors of models are HTTP 200 with ``{"id":…, "error":[…]}``: two strings for an exception of the server, or
the kind and the arguments of one meant for the user. Errors of the protocol are HTTP statuses with HTML.
"""

from http import HTTPStatus

from starlette.responses import HTMLResponse, Response


class ModelError(Exception):
    """An error inside a model; `error` is the value of the envelope's "error"."""

    def __init__(self, *error: object) -> None:
        super().__init__(*error)
        self.error = list(error)


def failure(message: str) -> ModelError:
    """What any exception of the server looks like from outside."""
    return ModelError(message, "")


def unknown(name: str) -> ModelError:
    """A KeyError of the server: all it says is the name it does not know."""
    return failure(f"'{name}'")


def user_error(message: str) -> ModelError:
    return ModelError("UserError", [message, "", None])


class ProtocolError(Exception):
    def __init__(self, status: HTTPStatus, description: str = "") -> None:
        super().__init__(description)
        self.status = status
        self.description = description

    def response(self) -> Response:
        if self.status is HTTPStatus.UNAUTHORIZED and not self.description:
            return Response(status_code=401, media_type="text/plain")
        text = self.description or self.status.description
        return HTMLResponse(
            f"<!doctype html>\n<html lang=en>\n<title>{self.status.value} {self.status.phrase}</title>\n"
            f"<h1>{self.status.phrase}</h1>\n<p>{text}</p>\n",
            status_code=self.status.value,
        )
