"""The drill to its end: a store put back on another machine serves the same list to the same people."""

from pathlib import Path

from pipelines.backup import backup
from pipelines.restore import restore
from tests.watchlists.a_visit import LEAD, MONDAY, address, audit_of, post, publish, visit
from watchlists.build import Built


def test_pages_of_a_store_put_back_elsewhere_show_the_same_list(tmp_path: Path, built: Built) -> None:
    store, back = publish(tmp_path / "store", built), tmp_path / "another machine"
    (store / "tables").mkdir()
    school, pupil = address(store, "school", "s1"), address(store, "pupil", built.watch_list["pupil_id"][0])
    with visit(store) as client:
        post(client, f"{pupil}/view", pupil, answer="act", note="Will ring home")
        before = client.get(f"{school}/list.csv?for=support").content
    backup(store, f"file://{tmp_path}/elsewhere", MONDAY, lambda _: None)
    restore(f"file://{tmp_path}/elsewhere", back, lambda _: None)
    with visit(back, LEAD) as client:
        assert client.get(f"{school}/list.csv?for=support").content == before
        assert "Will ring home" in client.get(pupil).text
    events = [line["event"] for line in audit_of(back)]
    assert events[-3] == "restored"
    assert events[: len(events) - 3] == [line["event"] for line in audit_of(store)][:-1]
