"""The parameters of a training, with their bounds: one vocabulary for the Prefect flow and the Dagster job."""

from typing import Annotated, Literal

from pydantic import Field

Dataset = Annotated[
    Literal["sample", "cdnow"],
    Field(title="Data set", description="sample: 5,000 invented customers; cdnow: 23,570 real ones."),
]
Family = Annotated[
    Literal["logistic_regression", "random_forest", "gradient_boosting"],
    Field(title="Model family", description="The kind of model to train."),
]
TestSize = Annotated[
    float, Field(ge=0.1, le=0.5, title="Hold-out share", description="Share of the customers kept back for evaluation.")
]
Regularisation = Annotated[
    float,
    Field(
        ge=0.001,
        le=100,
        title="C",
        description="Logistic regression: inverse strength of the regularisation; smaller is simpler.",
    ),
]
Trees = Annotated[
    int, Field(ge=10, le=500, title="Trees", description="Random forest and gradient boosting: number of trees.")
]
Depth = Annotated[
    int, Field(ge=1, le=20, title="Depth", description="Random forest and gradient boosting: greatest depth of a tree.")
]
LearningRate = Annotated[
    float,
    Field(
        ge=0.01,
        le=1,
        title="Learning rate",
        description="Gradient boosting: how much each tree corrects the ones before.",
    ),
]
Seed = Annotated[int, Field(ge=0, le=9999, title="Seed", description="Same seed, same split and same model.")]
Experiment = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=60,
        title="Experiment",
        description="Name of the MLflow experiment: letters, digits, - and _.",
    ),
]
