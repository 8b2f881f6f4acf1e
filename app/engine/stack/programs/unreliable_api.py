"""Run the workshop's unreliable API behind the guard.

`python -m app.engine.stack.programs.unreliable_api --port 8502 …` starts it.

The options are uvicorn's own.
"""

import sys

from uvicorn.main import main as uvicorn

from app.engine.stack.guard import Guard, names_of
from workshop.unreliable_api.service import app

if __name__ == "__main__":
    app.add_middleware(Guard, names=names_of("unreliable_api"))
    uvicorn(args=["workshop.unreliable_api.service:app", *sys.argv[1:]])
