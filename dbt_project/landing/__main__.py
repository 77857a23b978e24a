"""`python -m dbt_project.landing`."""

from dbt_project.landing.command import main

if __name__ == "__main__":
    main()
