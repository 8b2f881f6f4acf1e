"""What Compose's `init` does before any other container starts: the data sets, in a folder that is its owner's alone.

The volumes have been handed over before.
"""

import sys
from contextlib import suppress

from app.engine.errors import WorkshopError
from app.engine.stack.local.data_sets import prepare_data
from app.settings import get_settings

if __name__ == "__main__":
    settings = get_settings()
    try:
        with suppress(PermissionError):  # somebody else's folder stays as it is
            settings.data_dir.chmod(0o700)
        for written in prepare_data(settings):
            print(f"Wrote {written}")
    except (WorkshopError, OSError) as error:
        sys.exit(str(error))
