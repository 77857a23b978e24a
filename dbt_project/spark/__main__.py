"""`python -m dbt_project.spark`."""

from dbt_project.spark.command import main

if __name__ == "__main__":
    main()
