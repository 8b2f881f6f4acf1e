"""Read and turn a learner's fault dial of the unreliable API, and list recorded calls."""

from typing import Any

from app.engine.addresses import in_path
from app.engine.orchestrators.contract import ApiRequest, JsonSchema, Parameters
from app.engine.orchestrators.parameters import check
from app.engine.orchestrators.transport import Transport

SERVICE = "The unreliable API"


class FaultDial:
    """Which calls of a learner's runs fail, and how.

    Args:
        internal_url: where the panel reaches the service.
        public_url: where a person's own machine reaches it.
    """

    def __init__(self, internal_url: str, public_url: str) -> None:
        self._http = Transport(SERVICE, internal_url, public_url)
        self._public_url = public_url

    def schema(self) -> JsonSchema:
        """Read the JSON schema of a dial from the service's own description."""
        description = self._http.get("/openapi.json")
        shapes: JsonSchema = description["components"]["schemas"]
        return {**shapes["Dial"], "components": {"schemas": shapes}}

    def read(self, learner: str) -> Parameters:
        """Read a learner's dial."""
        dial: Parameters = self._http.get(f"/{in_path(learner)}/dial")
        return dial

    def build_request(self, learner: str, schema: JsonSchema, values: Parameters) -> ApiRequest:
        """Build the request that turns the dial.

        Raises:
            InvalidParameters: a value that the dial's schema does not allow.
        """
        check(schema, values)
        return ApiRequest("PUT", self._http.base_url, self._public_url, f"/{in_path(learner)}/dial", values)

    def turn(self, request: ApiRequest) -> None:
        """Turn the dial, which starts again for every run."""
        self._http.send(request)

    def calls(self, learner: str, run_id: str) -> list[dict[str, Any]]:
        """List the calls of one run, oldest first: `number`, `outcome`, `at`."""
        calls: list[dict[str, Any]] = self._http.get(f"/{in_path(learner)}/calls", run=run_id)
        return calls
