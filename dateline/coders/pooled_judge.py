"""The judge on all cores: twins of it in worker processes, each text bounded in time and memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice

from dateline.coders.judge import open_judged_coder
from dateline.coders.tables import load_tables
from dateline.home import Home
from dateline.settings import Settings
from ingest.bundled import MODELS
from ingest.models.judge import find_judge_version
from ingest.tables.gazetteer_file import open_gazetteer
from ingest.tables.seeds import hash_tables
from ingest.workers.pool import has_kept, run_jobs
from transforms.coder.code_document import LANGUAGES, JudgedCoder, name_version
from transforms.coder.protocol import CoderAnswer, NotCoded
from transforms.errors import DatelineError
from transforms.records import Document

FEW = 32
"""So many documents are coded before another process has opened the coder; fewer are spread where some have."""
_FUNCTION = "dateline.coders.pooled_judge:run_job"
_TEXT_TIMEOUT_S = 300.0  # the longest texts take seconds, and a busy machine many times that
_MEMORY_BYTES = 6_000_000_000  # of address space; 0.3 GB of it are used


@dataclass(frozen=True, slots=True)
class CodeJob:
    """A document for a worker, and the home whose tables it is coded with, as they were at a version of the coder."""

    home: Home
    version: str
    document: Document


class PooledJudge:
    """A coder that gives the judge's answers. Few documents it codes itself, unless processes are there."""

    def __init__(self, home: Home, workers: int) -> None:
        """`workers`: how many processes; 0 means one a core.

        Raises:
            Permanent: as `open_judged_coder` does.
        """
        self._home = home
        self._workers = workers
        self._tables = load_tables(home)
        open_gazetteer(
            home.cache, self._tables.countries, self._tables.regions
        )  # compiled once, not in each worker

    @cached_property
    def version(self) -> str:
        return name_version(hash_tables(self._tables), find_judge_version(MODELS / "judge"))

    @property
    def languages(self) -> frozenset[str]:
        return LANGUAGES

    def code(self, documents: Iterable[Document]) -> Iterator[CoderAnswer]:
        """The events and places of documents, in their order; `NotCoded` where a text takes its worker down.

        Raises:
            Permanent: workers cannot be started, or the coder cannot be opened.
        """
        source = iter(documents)
        first = list(islice(source, FEW + 1))
        if self._workers == 1 or (len(first) <= FEW and not has_kept(_FUNCTION)):
            yield from open_judged_coder(self._home, Settings()).code(chain(first, source))
            return
        results = run_jobs(
            _FUNCTION,
            (CodeJob(self._home, self.version, document) for document in chain(first, source)),
            workers=self._workers,
            timeout_s=_TEXT_TIMEOUT_S,
            memory_bytes=_MEMORY_BYTES,
        )
        for result in results:
            if isinstance(result.value, DatelineError):
                raise result.value
            yield NotCoded("coder_failed", result.detail) if result.failure else result.value


@lru_cache(maxsize=1)
def _open_once(home: Home, version: str) -> JudgedCoder:
    """The coder; another `version` than before means that the user's rows have changed."""
    return open_judged_coder(home, Settings())


def run_job(job: CodeJob) -> CoderAnswer | DatelineError:
    """What a worker process does with a job."""
    try:
        return next(iter(_open_once(job.home, job.version).code([job.document])))
    except DatelineError as error:  # the coder's, not the text's: the batch waits
        return error
