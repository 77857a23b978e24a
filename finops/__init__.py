"""The command `finops` and the folder of a company: what it edits, apart from what the product ships.

A company's folder has its seeds, settings and data; everything else of the dbt project comes from the
installed package and is renewed with it. ``company_folder`` makes one and puts both together, ``seeds`` knows
what a company may edit, ``cli`` is the command.
"""
