"""``python -m reports_builder``."""

from reports_builder.cli import main

if __name__ == "__main__":
    main()
