"""The same promises against a real gateway with its demo workers; RELAY_TEST_ADDRESS names it."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid

import pytest

import relay_client

pytestmark = pytest.mark.gateway


async def test_a_call_returns_what_the_job_returned(address: str) -> None:
    async with relay_client.connect(address) as relay:
        assert await relay.call("Echo", {"id": 123, "ü": [None, True, 1.5]}) == {
            "id": 123,
            "ü": [None, True, 1.5],
        }


async def test_a_relay_may_be_awaited_again_from_another_connection(address: str) -> None:
    async with relay_client.connect(address) as relay:
        handle = await relay.async_("Echo", {"n": 1})
        first = await relay.await_(handle)
    async with relay_client.connect(address) as other:
        again = await other.await_(relay_client.Relay.parse(str(handle)))
    assert first == again == {"n": 1}


async def test_a_thousand_calls_in_flight_are_all_answered_rightly(address: str) -> None:
    async with relay_client.connect(address) as relay:
        calls = [relay.call("Echo", {"n": n}, timeout=60) for n in range(1_000)]
        assert await asyncio.gather(*calls) == [{"n": n} for n in range(1_000)]


async def test_ten_thousand_relays_in_one_await_many(address: str) -> None:
    async with relay_client.connect(address) as relay:
        jobs = [relay_client.NewJob("Echo", {"n": n}) for n in range(10_000)]
        handles = await relay.submit_many(jobs, rpc_timeout=60)
        outcomes = await relay.await_many(handles, timeout=60)
    assert [outcome.unwrap()["n"] for outcome in outcomes if outcome] == list(range(10_000))


async def test_each_ending_is_told(address: str) -> None:
    async with relay_client.connect(address) as relay:
        with pytest.raises(relay_client.JobError) as failed:
            await relay.call("Fail", {"message": "boom"})
        assert failed.value.message == "boom"
        with pytest.raises(relay_client.Discarded) as discarded:
            await relay.call("Fail", {"message": "last"}, max_attempts=1)
        assert discarded.value.message == "last"
        with pytest.raises(relay_client.Cancelled):
            await relay.call("Cancel")
        with pytest.raises(relay_client.Discarded):
            await relay.call("Discard")
        with pytest.raises(relay_client.Snoozed):
            await relay.call("Snooze", {"seconds": 1})
        with pytest.raises(relay_client.ResultTooLarge):
            await relay.call("Big", {"bytes": 100_000})
        with pytest.raises(relay_client.NotFound):
            await relay.await_(relay_client.Relay(1 << 40, uuid.uuid4().bytes))


async def test_a_wrong_ref_is_as_unknown_as_a_missing_job(address: str) -> None:
    async with relay_client.connect(address) as relay:
        handle = await relay.async_("Echo")
        with pytest.raises(relay_client.NotFound):
            await relay.await_(relay_client.Relay(handle.job_id, uuid.uuid4().bytes))


async def test_bytes_come_back_as_bytes(address: str) -> None:
    async with relay_client.connect(address) as relay:
        value = await relay.call("Big", {"bytes": 1_000})
    assert isinstance(value, relay_client.Bytes)
    assert len(value) == 1_000


async def test_with_retries_waits_through_a_snooze(address: str) -> None:
    async with relay_client.connect(address) as relay:
        value = await relay.call("Snooze", {"seconds": 0.2}, with_retries=True, timeout=15)
    assert value == {"attempt": 1}


async def test_a_timeout_says_where_the_job_is(address: str) -> None:
    async with relay_client.connect(address) as relay:
        with pytest.raises(relay_client.TimedOut) as caught:
            await relay.call("Sleep", {"ms": 30_000}, timeout=0.5)
        assert caught.value.state == "executing"
        assert caught.value.attempt == 1
        assert caught.value.executors >= 1
        assert await relay.cancel(caught.value.relay)
        with pytest.raises(relay_client.Cancelled):
            await relay.await_(caught.value.relay)
        assert not await relay.cancel(caught.value.relay)


async def test_a_timeout_without_executors_says_that_nobody_serves_the_queue(address: str) -> None:
    async with relay_client.connect(address) as relay:
        with pytest.raises(relay_client.TimedOut) as caught:
            await relay.call("Echo", queue="nobody-serves-this", timeout=0.2)
    assert (caught.value.state, caught.value.executors) == ("available", 0)


async def test_the_same_key_returns_the_first_job(address: str) -> None:
    key = uuid.uuid4().hex
    async with relay_client.connect(address) as relay:
        first = await relay.async_("Echo", {"n": 1}, idempotency_key=key)
        again = await relay.async_("Echo", {"n": 1}, idempotency_key=key)
        assert again == first
        assert (first.duplicate, again.duplicate) == (False, True)
        with pytest.raises(relay_client.AlreadyExists):
            await relay.async_("Echo", {"n": 2}, idempotency_key=key)


async def test_a_unique_job_is_inserted_once(address: str) -> None:
    mark = uuid.uuid4().hex
    async with relay_client.connect(address) as relay:
        unique = relay_client.Unique(period=60, keys=["mark"])
        first = await relay.async_("Echo", {"mark": mark, "n": 1}, unique=unique, queue="nobody")
        again = await relay.async_("Echo", {"mark": mark, "n": 2}, unique=unique, queue="nobody")
    assert again.job_id == first.job_id
    assert again.duplicate


async def test_every_wrong_field_is_named_at_once(address: str) -> None:
    async with relay_client.connect(address) as relay:
        with pytest.raises(relay_client.InvalidArgument) as caught:
            await relay.submit_many(
                [relay_client.NewJob("Echo"), relay_client.NewJob("", priority=12)]
            )
    assert {field for field, _ in caught.value.violations} == {"jobs[1].worker", "jobs[1].priority"}


async def test_stop_after_and_fail_fast_end_a_wait_early(address: str) -> None:
    async with relay_client.connect(address) as relay:
        slow = await relay.async_("Sleep", {"ms": 20_000})
        fast = [await relay.async_("Echo", {"n": n}) for n in range(3)]
        started = time.monotonic()
        outcomes = await relay.await_many([slow, *fast], timeout=15, stop_after=2)
        assert sum(1 for outcome in outcomes if outcome and outcome.ok) >= 2
        broken = await relay.async_("Fail", {"message": "x"})
        outcomes = await relay.await_many([slow, broken], timeout=15, fail_fast=True)
        assert outcomes[0] is None
        assert outcomes[1] is not None and not outcomes[1].ok
        assert time.monotonic() - started < 10
        await relay.cancel(slow)


async def test_the_same_relay_twice_is_answered_twice(address: str) -> None:
    async with relay_client.connect(address) as relay:
        handle = await relay.async_("Echo", {"n": 5})
        outcomes = await relay.await_many([handle, handle])
    assert [outcome.unwrap() for outcome in outcomes if outcome] == [{"n": 5}, {"n": 5}]


async def test_progress_arrives_before_the_answer(address: str) -> None:
    async with relay_client.connect(address) as relay:
        handle = await relay.async_("Progress", {"steps": 3, "ms": 150})
        events = [event async for _, event in relay.stream_events([handle], timeout=10)]
    assert isinstance(events[0], relay_client.Progress)
    assert isinstance(events[-1], relay_client.Ok)


async def test_a_job_that_expired_is_cancelled(address: str) -> None:
    async with relay_client.connect(address) as relay:
        with pytest.raises(relay_client.Cancelled) as caught:
            await relay.call("Echo", schedule_in=1.0, expires_in=0.2, timeout=10)
    assert caught.value.message == "expired"


def test_the_blocking_client_has_the_same_verbs(address: str) -> None:
    with relay_client.connect_sync(address) as relay:
        assert relay.call("Echo", {"n": 1}) == {"n": 1}
        handles = [relay.async_("Echo", {"n": n}) for n in range(5)]
        assert [o.unwrap()["n"] for o in relay.await_many(handles) if o] == [0, 1, 2, 3, 4]
        assert {i for i, _ in relay.stream_many(handles)} == {0, 1, 2, 3, 4}
        results: list[object] = []
        threads = [
            threading.Thread(target=lambda n=n: results.append(relay.call("Echo", {"n": n})))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 8


class TestWorker:
    """A Python worker on the same gateway."""

    @staticmethod
    def make(address: str, queue: str) -> relay_client.Worker:
        worker = relay_client.Worker(address, queues={queue: 4}, grace=5)

        @worker.handler("Double")
        def double(job: relay_client.Job) -> dict[str, int]:
            return {"n": job.args["n"] * 2}

        @worker.handler("Nap")
        async def nap(job: relay_client.Job) -> str:
            job.progress({"asleep": True})
            await asyncio.sleep(job.args.get("s", 30))
            return "rested"

        @worker.handler("Odd")
        def odd(job: relay_client.Job) -> bytes:
            how = job.args["how"]
            if how == "snooze" and not job.meta.get("snoozed"):
                raise relay_client.Snooze(0.2)
            if how == "cancel":
                raise relay_client.Cancel("no longer wanted")
            if how == "discard":
                raise relay_client.Discard("hopeless")
            if how == "raise":
                raise KeyError("missing")
            return b"\x00\xff"

        return worker

    async def test_its_results_reach_the_caller(self, address: str) -> None:
        queue = f"q-{uuid.uuid4().hex}"
        worker = self.make(address, queue)
        running = asyncio.create_task(worker.run())
        async with relay_client.connect(address) as relay:
            outcomes = await asyncio.gather(
                *(relay.call("Double", {"n": n}, queue=queue, timeout=20) for n in range(50))
            )
            assert outcomes == [{"n": n * 2} for n in range(50)]
            assert await relay.call("Odd", {"how": "bytes"}, queue=queue) == b"\x00\xff"
            with pytest.raises(relay_client.JobError) as raised:
                await relay.call("Odd", {"how": "raise"}, queue=queue)
            assert raised.value.kind == "KeyError"
            assert "Traceback" in raised.value.stacktrace
            with pytest.raises(relay_client.Cancelled, match="no longer wanted"):
                await relay.call("Odd", {"how": "cancel"}, queue=queue)
            with pytest.raises(relay_client.Discarded, match="hopeless"):
                await relay.call("Odd", {"how": "discard"}, queue=queue)
            value = await relay.call(
                "Odd", {"how": "snooze"}, queue=queue, with_retries=True, timeout=15
            )
            assert value == b"\x00\xff"
            with pytest.raises(relay_client.JobError) as unknown:
                await relay.call("Nobody", queue=queue)
            assert unknown.value.kind == "UnknownWorker"
        worker.stop()
        await asyncio.wait_for(running, 10)

    async def test_a_cancelled_job_is_stopped(self, address: str) -> None:
        queue = f"q-{uuid.uuid4().hex}"
        worker = self.make(address, queue)
        running = asyncio.create_task(worker.run())
        async with relay_client.connect(address) as relay:
            handle = await relay.async_("Nap", queue=queue)
            async for _, event in relay.stream_events([handle], timeout=10):
                assert isinstance(event, relay_client.Progress)
                break
            assert await relay.cancel(handle)
            with pytest.raises(relay_client.Cancelled):
                await relay.await_(handle)
        worker.stop()
        await asyncio.wait_for(running, 5)

    async def test_a_lost_worker_hands_its_job_to_another(self, address: str) -> None:
        queue = f"q-{uuid.uuid4().hex}"
        lost = self.make(address, queue)
        running = asyncio.create_task(lost.run())
        async with relay_client.connect(address) as relay:
            handle = await relay.async_("Nap", {"s": 0.5}, queue=queue)
            async for _, event in relay.stream_events([handle], timeout=10):
                assert isinstance(event, relay_client.Progress)
                break
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            other = self.make(address, queue)
            running = asyncio.create_task(other.run())
            outcome = await relay.outcome(handle, timeout=15)
            assert outcome.unwrap() == "rested"
            assert outcome.attempt == 2
        other.stop()
        await asyncio.wait_for(running, 10)

    async def test_a_drained_worker_finishes_what_it_has(self, address: str) -> None:
        queue = f"q-{uuid.uuid4().hex}"
        worker = self.make(address, queue)
        running = asyncio.create_task(worker.run())
        async with relay_client.connect(address) as relay:
            handle = await relay.async_("Nap", {"s": 1}, queue=queue)
            async for _, event in relay.stream_events([handle], timeout=10):
                assert isinstance(event, relay_client.Progress)
                break
            worker.stop()
            await asyncio.wait_for(running, 10)
            assert await relay.await_(handle) == "rested"
