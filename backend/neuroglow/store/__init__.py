"""Sessions on disk as plain files under the data folder. Depends on `spec` only; nothing here talks to anyone."""

from neuroglow.store.datasets import DatasetStore as DatasetStore
from neuroglow.store.lock import DataFolderLock as DataFolderLock
from neuroglow.store.records import SessionRecord as SessionRecord
from neuroglow.store.sessions import SessionStore as SessionStore
