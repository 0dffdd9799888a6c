"""Errors as SAP Gateway writes them in OData V2."""

from typing import Final

from starlette.responses import JSONResponse

NOT_FOUND: Final = "/IWBEP/CM_MGW_RT/020"
BAD_REQUEST: Final = "/IWBEP/CX_MGW_BUSI_EXCEPTION"
NOT_IMPLEMENTED: Final = "/IWBEP/CX_MGW_NOT_IMPL_EXC"


class GatewayError(Exception):
    """Something SAP would refuse. `message` is what its user reads, `status` the HTTP status."""

    def __init__(self, message: str, *, status: int = 400, code: str = BAD_REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code


def not_found(segment: str) -> GatewayError:
    return GatewayError(f"Resource not found for the segment '{segment}'", status=404, code=NOT_FOUND)


def envelope(error: GatewayError, service: str, timestamp: str) -> JSONResponse:
    """The V2 error body: `error.code`, `error.message.value` and the inner error with its details.
    `timestamp` is the system's time as YYYYMMDDhhmmss.fffffff.
    """
    detail = {
        "code": error.code,
        "message": error.message,
        "propertyref": "",
        "severity": "error",
        "target": "",
    }
    body = {
        "error": {
            "code": error.code,
            "message": {"lang": "en", "value": error.message},
            "innererror": {
                "application": {
                    "component_id": "",
                    "service_namespace": "/SAP/",
                    "service_id": service,
                    "service_version": "0001",
                },
                "transactionid": "0" * 32,
                "timestamp": timestamp,
                "Error_Resolution": {
                    "SAP_Transaction": "For backend administrators: use ADT feed reader or run transaction "
                    "/IWFND/ERROR_LOG on SAP Gateway hub system",
                    "SAP_Note": "See SAP Note 1797736 for error analysis",
                },
                "errordetails": [detail],
            },
        }
    }
    return JSONResponse(body, status_code=error.status, headers={"DataServiceVersion": "1.0"})
