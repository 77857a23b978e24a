"""How real the generated traffic looks: its measures beside bands, and beside real traces where they are."""
