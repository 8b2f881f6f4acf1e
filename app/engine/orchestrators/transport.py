"""Send JSON over HTTP to one service, with short time-outs, and turn what it says into our errors."""

from collections.abc import Mapping
from typing import Any

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from app.engine.errors import NotFound, ServiceBusy, ServiceDown, ServiceRefused
from app.engine.message import Message
from app.engine.orchestrators.contract import ApiRequest

TIMEOUT_SECONDS = 5.0
READ_RETRY_SECONDS = 3.0
SEND_RETRY_SECONDS = 15.0
"""When many triggers arrive together, each waits until Prefect's database is free."""


class _Busy(Exception):
    """The service may do it when asked again: 503, a reset connection, a time-out."""

    def __init__(self, reason: str, /, **values: object) -> None:
        super().__init__(Message(reason, **values))


class Transport:
    """Calls to one service.

    Args:
        service: its name, for a person.
        base_url: its internal URL, without a slash at the end.
        public_url: where a person's browser reaches it, which messages name; the same when it is not given.
    """

    def __init__(self, service: str, base_url: str, public_url: str = "") -> None:
        self.service = service
        self.base_url = base_url
        self.public_url = public_url or base_url
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    def get(self, path: str, **params: str) -> Any:
        """Read JSON."""
        return self._call(READ_RETRY_SECONDS, "GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any], retry_seconds: float = READ_RETRY_SECONDS) -> Any:
        """Send JSON and read JSON. Only bodies that are safe to send twice may come here."""
        return self._call(retry_seconds, "POST", path, json=body)

    def send(self, request: ApiRequest) -> Any:
        """Send a request object once or more: it must carry a key that makes repeats harmless."""
        return self._call(SEND_RETRY_SECONDS, request.method, request.path, json=request.body)

    def _call(self, retry_seconds: float, method: str, path: str, **options: Any) -> Any:
        retrying = Retrying(
            stop=stop_after_delay(retry_seconds),
            wait=wait_exponential_jitter(multiplier=0.1, max=1.5, jitter=0.3),
            retry=retry_if_exception_type(_Busy),
        )
        try:
            return retrying(self._attempt, method, path, **options)
        except RetryError as error:
            reason: Message = error.last_attempt.exception().args[0]  # type: ignore[union-attr]
            raise ServiceBusy(self.service, self.public_url, reason) from error

    def _attempt(self, method: str, path: str, **options: Any) -> Any:
        try:
            response = self._http.request(method, self.base_url + path, **options)
        except httpx.ConnectError as error:
            raise ServiceDown(self.service, self.public_url) from error
        except httpx.TimeoutException as error:
            raise _Busy("no answer within {seconds:.0f} s", seconds=TIMEOUT_SECONDS) from error
        except httpx.TransportError as error:
            raise _Busy("the connection was lost") from error
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise _Busy("it is busy")
        if response.status_code == httpx.codes.NOT_FOUND:
            raise NotFound("{service} knows nothing at {path}.", service=self.service, path=path)
        if not response.is_success:
            raise ServiceRefused(self.service, _reason(response))
        try:
            return response.json() if response.content else None
        except ValueError as error:
            reason = f"the answer of {self.public_url} is not JSON. Does another program listen there?"
            raise ServiceRefused(self.service, reason) from error


def _reason(response: httpx.Response) -> str:
    try:
        detail = response.json()
    except ValueError:
        return f"status {response.status_code}"
    if isinstance(detail, dict):
        detail = detail.get("detail") or detail.get("exception_message") or detail.get("exception_detail") or detail
    return f"{detail} (status {response.status_code})"
