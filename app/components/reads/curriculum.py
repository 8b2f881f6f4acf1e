"""The steps, and the evidence that their checks ask for."""

from app.components.reads.asking import Freshness, shared
from app.components.reads.clients import mlflow_store, orchestrators
from app.engine.curriculum.evidence import ServiceEvidence
from app.engine.curriculum.steps import Step, discover
from app.settings import get_settings


@shared(ttl=Freshness.STEADY)
def steps(language: str, parts: tuple[str, ...]) -> list[Step]:
    """Read the curriculum, whose steps may have these parts."""
    return discover(get_settings().workspace, language, parts)


def evidence(learner: str, step: str) -> ServiceEvidence:
    """Give what a check may ask about one learner and one step."""
    return ServiceEvidence(learner, step, orchestrators(), mlflow_store())
