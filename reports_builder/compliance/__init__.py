"""For an auditor: who wrote what (``audit``), and a month's books in one document (``report``)."""
