"""The home's two database files: opening the one, publishing the other, and publishing again what is damaged."""

import logging
from collections.abc import Callable
from typing import TypeVar

from dateline.steps.context import Context
from dateline.steps.shared_home import forget_published, share_home
from ingest.tables.word_frequencies import open_word_frequencies
from warehouse import publish
from warehouse.connection import BrokenFile, BuildFile

log = logging.getLogger("dateline")
T = TypeVar("T")


def find_build_file(context: Context) -> BuildFile:
    """The home's build file, to be opened as the settings say."""
    return BuildFile(
        context.home.build,
        context.home.published,
        memory_limit=context.settings.load.memory_limit,
        lock_wait_s=context.settings.load.lock_wait_s,
        word_frequencies=open_word_frequencies,
    )


def publish_build(context: Context) -> bool:
    """Publish what the build file has that the published file has not, to those who share a store, too."""
    is_published = publish.publish(find_build_file(context))
    share_home(context)
    return is_published


def with_repair(context: Context, work: Callable[[], T]) -> T:
    """Do `work`; where the published file is damaged and the build file whole, publish again and do it again.

    Raises:
        BrokenFile: both are damaged, or there is no build file; what is a copy of another home's is brought again.
    """
    try:
        return work()
    except BrokenFile as error:
        if error.path != context.home.published or not context.home.build.exists():
            forget_published(context)
            raise
        log.warning("published_damaged path=%s error=%r", error.path, str(error))
        publish.publish(find_build_file(context), again=True)
    return work()
