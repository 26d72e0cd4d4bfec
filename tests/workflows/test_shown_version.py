"""Which version of its order a run shows in the list, and when that is the last it heard of."""

from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.enums.v1 import EventType

from fulfillment.contracts import search_attributes as shown_as
from fulfillment.contracts.messages import Progress
from fulfillment.domain.model.statuses import OrderStatus
from tests.workflows.desk import Desk, awaiting, picked, progress, ready
from tests.workflows.stage import Stage

NEWS = st.lists(
    st.builds(
        lambda status, units: progress(0, status, waiting_units=units),
        st.sampled_from(OrderStatus),
        st.integers(0, 2),
    ),
    min_size=1,
)


@given(NEWS)
def test_a_version_that_is_shown_is_the_last_one_unless_the_order_is_at_the_warehouse(
    heard: list[Progress],
) -> None:
    listed: dict[str, object] = {shown_as.STATUS.name: "received"}
    for seq, news in enumerate(heard, start=1):
        values = shown_as.order_values(progress(seq, news.status, waiting_units=news.waiting_units))
        if not shown_as.is_in_details_alone(listed, values):
            listed = values
        status = str(listed[shown_as.STATUS.name])
        is_last = listed[shown_as.VERSION.name] == shown_as.version_text((0, seq))
        assert is_last or not shown_as.is_exact(status)
        assert values[shown_as.STATUS.name] == status


@given(st.tuples(st.integers(0, 2**53), st.integers(0, 2**53)))
def test_a_version_is_read_as_it_was_written(version: tuple[int, int]) -> None:
    assert shown_as.version_in(shown_as.version_text(version)) == version


@given(st.text())
def test_no_other_text_is_read_as_another_version(text: str) -> None:
    version = shown_as.version_in(text)
    assert version is None or version == tuple(map(int, text.split(".")))


def test_what_shows_no_status_shows_nothing_exactly() -> None:
    assert not shown_as.is_exact(None)


async def test_runs_before_edition_2_show_no_version() -> None:
    assert shown_as.VERSION.name not in shown_as.order_values(ready(1), edition=1)


async def test_list_shows_each_version_while_an_order_waits(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(awaiting(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await stage.tell(handle, awaiting(2))
    await stage.until_seq(handle, 2)
    await stage.tell(handle, ready(3))
    await stage.until_seq(handle, 3)
    await stage.tell(handle, picked(4))
    await stage.until_seq(handle, 4)
    history = await handle.fetch_history()
    told = [
        event.upsert_workflow_search_attributes_event_attributes.search_attributes
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    ]
    versions = [each.indexed_fields[shown_as.VERSION.name].data for each in told]
    assert versions == [b'"0.1"', b'"0.2"', b'"0.3"']
