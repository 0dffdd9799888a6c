"""The explorer: a page where people read the schema, ask questions and see rows.

``python -m gateway.explorer.build`` fetches GraphiQL's bundles from npm once, at build time; where they are
absent a plain page of our own serves instead. Neither page ever asks another host for anything.

    routes(graphql_path, questions)   the pages and their files, to mount at the root of an application
    Question                          one ready-made question: a tab, or a choice in the plain page's list
"""

from gateway.explorer.pages import routes
from gateway.explorer.questions import Question

__all__ = ["Question", "routes"]
