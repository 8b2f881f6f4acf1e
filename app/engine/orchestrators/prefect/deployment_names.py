"""The names of Prefect's deployments: a flow run tells only the id of its own."""

from app.engine.addresses import in_path
from app.engine.errors import NotFound
from app.engine.orchestrators.transport import Transport


class DeploymentNames:
    """Names (`flow/deployment`) by id, each asked for once."""

    def __init__(self, http: Transport) -> None:
        self._http = http
        self._names: dict[str, str] = {}

    def of(self, deployment_id: str | None) -> str:
        """Give a deployment's name, or an empty text when there is no id, or it was deleted."""
        if not deployment_id:
            return ""
        if deployment_id not in self._names:
            self._names[deployment_id] = self._read(deployment_id)
        return self._names[deployment_id]

    def _read(self, deployment_id: str) -> str:
        try:
            deployment = self._http.get(f"/api/deployments/{in_path(deployment_id)}")
            flow = self._http.get(f"/api/flows/{in_path(deployment['flow_id'])}")
        except NotFound:
            return ""
        return f"{flow['name']}/{deployment['name']}"
