"""A small store with all that a store may have, made once a file; each test has a copy, its key beside it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from tests.pipelines.a_whole_store import a_whole_store


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_whole_store(tmp_path_factory.mktemp("first"))


@pytest.fixture
def store(first: Path, tmp_path: Path) -> Path:
    shutil.copy2(first / "key", tmp_path / "key")
    return Path(shutil.copytree(first / "store", tmp_path / "store"))


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a real server that speaks S3, its endpoint and keys in the environment as a school's would be."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "handrail")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "of-nobody")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).makedirs("backups", exist_ok=True)
        yield "s3://backups/handrail"
    server.stop()
