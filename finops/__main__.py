"""``python -m finops``."""

from finops.cli import main

if __name__ == "__main__":
    main()
