"""Write the data sets: Compose's `init` does so before any other container starts."""

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
