"""What the project says, a folder per subject, named as the schema of its marts.

Pages and dashboard views put it together. A folder has:

- ``queries``: what is asked of the marts,
- ``charts``: how an answer is drawn that no other folder draws,
- ``statements``: the sentences, key figures, figures and tables that more than one page or view
  shows, each defined once,
- ``insights``: the blocks of a report that end in a recommendation.

Where one of these has two topics, the second lives beside it under its own name.

What a single page says stays with that page. A subject imports other subjects, never a page or a view.
"""
