"""What Compose's `init` does before any other container starts, after it has handed the volumes over: the data sets."""

import sys

from app.engine.errors import WorkshopError
from app.engine.stack.local.data_sets import prepare_data
from app.settings import get_settings

if __name__ == "__main__":
    try:
        for written in prepare_data(get_settings()):
            print(f"Wrote {written}")
    except (WorkshopError, OSError) as error:
        sys.exit(str(error))
