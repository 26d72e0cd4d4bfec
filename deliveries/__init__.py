"""Those who asked to be told are told: by webhook, by mail.

Each way has a room of its own with its protocol and its process. They take from the store what is
owed, call others with no transaction open, and note what came of it. The worker starts them;
the API asks them for nothing but a new secret.
"""
