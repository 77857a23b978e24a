"""Programs that show how calls of models reach the warehouse."""
