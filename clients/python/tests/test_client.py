"""What the client promises, against a scripted gateway."""

from __future__ import annotations

import asyncio
import struct
import zlib

import pytest
from conftest import FakeGateway, Peer

import relay_client
from relay_client import _frames
from relay_client._proto.relay.v1 import relay_pb2 as pb
from relay_client._proto.relay.v1 import wire_pb2 as wire

REF = bytes(range(16))


def relays(count: int = 1, first: int = 1) -> list[pb.Relay]:
    return [pb.Relay(job_id=first + n, ref=REF) for n in range(count)]


def ok(relay: pb.Relay, json: str) -> pb.AwaitResult:
    return pb.AwaitResult(relay=relay, attempt=1, ok=pb.Value(json=json))


async def answer_async(peer: Peer, frame: wire.ClientFrame) -> None:
    made = relays(len(frame.async_request.jobs))
    response = pb.AsyncResponse(relays=made)
    peer.send(wire.ServerFrame(call_id=frame.call_id, async_response=response))


async def test_async_returns_the_relay(gateway: FakeGateway) -> None:
    gateway.script = answer_async
    async with relay_client.connect(gateway.address) as client:
        relay = await client.async_("Echo", {"id": 1}, queue="q", priority=3)
    assert relay == relay_client.Relay(1, REF)
    job = gateway.frames[0].async_request.jobs[0]
    assert (job.worker, job.queue, job.args, job.priority) == ("Echo", "q", '{"id":1}', 3)


async def test_an_insert_is_sent_again_with_the_same_key_after_a_cut(gateway: FakeGateway) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        if len(gateway.frames) == 1:
            peer.cut()
        else:
            await answer_async(peer, frame)

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        await client.async_("Echo")
    keys = [frame.async_request.jobs[0].idempotency_key for frame in gateway.frames]
    assert len(keys) == 2
    assert keys[0] == keys[1] != ""


async def test_without_the_key_table_nothing_is_sent_twice(gateway: FakeGateway) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        if frame.async_request.jobs[0].idempotency_key:
            status = wire.Status(code=9, reason="KEYS_NOT_INSTALLED", message="no keys")
            peer.send(wire.ServerFrame(call_id=frame.call_id, status=status))
        elif len(gateway.frames) == 2:
            await answer_async(peer, frame)
        else:
            peer.cut()

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        assert (await client.async_("Echo")).job_id == 1
        with pytest.raises(relay_client.ConnectionLost):
            await client.async_("Echo")
    assert [bool(f.async_request.jobs[0].idempotency_key) for f in gateway.frames] == [
        True,
        False,
        False,
    ]


async def test_an_await_goes_on_after_a_cut_with_the_time_that_is_left(
    gateway: FakeGateway,
) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        if len(gateway.frames) == 1:
            peer.cut()
        else:
            result = ok(frame.await_request.relay, "7")
            response = pb.AwaitResponse(result=result)
            peer.send(wire.ServerFrame(call_id=frame.call_id, await_response=response))

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        assert await client.await_(relay_client.Relay(1, REF), timeout=9) == 7
    first, second = (f.await_request.timeout.ToTimedelta().total_seconds() for f in gateway.frames)
    assert second < first <= 9


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (pb.REASON_EXCEPTION, relay_client.JobError),
        (pb.REASON_DISCARDED, relay_client.Discarded),
        (pb.REASON_CANCELLED, relay_client.Cancelled),
        (pb.REASON_SNOOZED, relay_client.Snoozed),
        (pb.REASON_TIMEOUT, relay_client.TimedOut),
        (pb.REASON_RESULT_TOO_LARGE, relay_client.ResultTooLarge),
        (pb.REASON_NOT_FOUND, relay_client.NotFound),
    ],
)
async def test_each_reason_is_an_exception_of_its_own(
    gateway: FakeGateway, reason: pb.Reason, kind: type[relay_client.JobFailed]
) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        failure = pb.Failure(
            reason=reason, kind="Boom", message="it broke", state="executing", executors=3
        )
        result = pb.AwaitResult(relay=relays()[0], attempt=2, error=failure)
        response = pb.CallResponse(result=result)
        peer.send(wire.ServerFrame(call_id=frame.call_id, call_response=response))

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        with pytest.raises(kind) as caught:
            await client.call("Fail")
    assert caught.value.kind == "Boom"
    assert caught.value.message == "it broke"
    assert (caught.value.attempt, caught.value.state, caught.value.executors) == (2, "executing", 3)
    assert caught.value.relay.job_id == 1


async def test_an_invalid_argument_names_every_field(gateway: FakeGateway) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        status = wire.Status(
            code=3,
            reason="INVALID_JOB",
            message="the job is not valid",
            violations=[wire.FieldViolation(field="jobs[0].queue", reason="must not be empty")],
        )
        peer.send(wire.ServerFrame(call_id=frame.call_id, status=status))

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        with pytest.raises(relay_client.InvalidArgument) as caught:
            await client.async_("Echo")
    assert caught.value.violations == (("jobs[0].queue", "must not be empty"),)
    assert isinstance(caught.value, ValueError)


async def test_await_many_gives_outcomes_in_order_however_they_arrive(
    gateway: FakeGateway,
) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        if frame.WhichOneof("body") != "await_many_request":
            return
        for index in (2, 0, 1):
            result = ok(frame.await_many_request.relays[index], str(index))
            event = pb.AwaitManyResponse(index=index, result=result)
            peer.send(wire.ServerFrame(call_id=frame.call_id, await_many_response=event))
        peer.send(wire.ServerFrame(call_id=frame.call_id, status=wire.Status(code=0)))

    gateway.script = script
    wanted = [relay_client.Relay(n + 1, REF) for n in range(3)]
    async with relay_client.connect(gateway.address) as client:
        outcomes = await client.await_many(wanted)
        assert [outcome.value for outcome in outcomes if outcome] == [0, 1, 2]
        arrived = [index async for index, _ in client.stream_many(wanted)]
    assert arrived == [2, 0, 1]


async def test_a_cut_stream_asks_again_only_for_what_is_missing(gateway: FakeGateway) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        if frame.WhichOneof("body") != "await_many_request":
            return
        asked = list(frame.await_many_request.relays)
        event = pb.AwaitManyResponse(index=0, result=ok(asked[0], str(asked[0].job_id)))
        peer.send(wire.ServerFrame(call_id=frame.call_id, await_many_response=event))
        if len(asked) > 1:
            await peer.writer.drain()
            await asyncio.sleep(0.05)
            peer.cut()
        else:
            peer.send(wire.ServerFrame(call_id=frame.call_id, status=wire.Status(code=0)))

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        wanted = [relay_client.Relay(n + 10, REF) for n in range(3)]
        outcomes = await client.await_many(wanted, timeout=10)
    assert [outcome.value for outcome in outcomes if outcome] == [10, 11, 12]
    asked = [
        len(f.await_many_request.relays)
        for f in gateway.frames
        if f.WhichOneof("body") == "await_many_request"
    ]
    assert asked == [3, 2, 1]


async def test_after_go_away_new_calls_use_another_connection(gateway: FakeGateway) -> None:
    held: list[tuple[Peer, int]] = []

    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        if not held:
            held.append((peer, frame.call_id))
            peer.send(wire.ServerFrame(go_away=wire.GoAway(reason="draining")))
        else:
            await answer_async(peer, frame)
            late, call_id = held[0]
            response = pb.AsyncResponse(relays=relays(first=99))
            late.send(wire.ServerFrame(call_id=call_id, async_response=response))

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        first = asyncio.create_task(client.async_("Old"))
        while not held:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert (await client.async_("New")).job_id == 1
        assert (await first).job_id == 99
    assert len(gateway.peers) == 2


async def test_unavailable_is_tried_again_after_the_time_it_names(gateway: FakeGateway) -> None:
    async def script(peer: Peer, frame: wire.ClientFrame) -> None:
        if len(gateway.frames) == 1:
            status = wire.Status(code=14, reason="POSTGRES_UNAVAILABLE", message="away")
            status.retry_after.FromMilliseconds(50)
            peer.send(wire.ServerFrame(call_id=frame.call_id, status=status))
        else:
            await answer_async(peer, frame)

    gateway.script = script
    async with relay_client.connect(gateway.address) as client:
        assert (await client.async_("Echo")).job_id == 1


async def test_cancelling_the_task_abandons_the_call(gateway: FakeGateway) -> None:
    async with relay_client.connect(gateway.address) as client:
        task = asyncio.create_task(client.await_(relay_client.Relay(1, REF), timeout=60))
        while not gateway.frames:
            await asyncio.sleep(0.01)
        task.cancel()
        while len(gateway.frames) < 2:
            await asyncio.sleep(0.01)
    assert gateway.frames[1].WhichOneof("body") == "abandon"
    assert gateway.frames[1].call_id == gateway.frames[0].call_id


async def test_a_ping_is_answered_with_its_data(gateway: FakeGateway) -> None:
    async with relay_client.connect(gateway.address):
        gateway.peers[0].send(wire.ServerFrame(ping=wire.Ping(data=b"hm")))
        while not gateway.frames:
            await asyncio.sleep(0.01)
    assert gateway.frames[0].pong.data == b"hm"


async def test_a_gateway_that_is_not_there_is_named() -> None:
    with pytest.raises(relay_client.ConnectionLost, match=r"127\.0\.0\.1:1"):
        async with relay_client.connect("127.0.0.1:1"):
            pass


async def test_a_refused_token_is_an_error_of_its_own(gateway: FakeGateway) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Peer(reader, writer).receive()
        status = wire.Status(code=16, reason="TOKEN_UNKNOWN", message="the token is not known")
        Peer(reader, writer).send(wire.ServerFrame(status=status))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(relay_client.Unauthenticated):
        async with relay_client.connect(f"127.0.0.1:{port}", token="wrong"):
            pass
    server.close()


def test_frames_are_the_same_however_they_are_sliced() -> None:
    frames = [wire.ServerFrame(pong=wire.Pong(data=bytes([n]))) for n in range(3)]
    wired = b"".join(
        struct.pack(">BI", 0, len(f.SerializeToString())) + f.SerializeToString() for f in frames
    )
    whole = list(_frames.Decoder().feed(wired))
    sliced = _frames.Decoder()
    dripped = [f for n in range(len(wired)) for f in sliced.feed(wired[n : n + 1])]
    assert whole == dripped == frames


@pytest.mark.parametrize(
    "wired",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        struct.pack(">BI", 0, 0xFFFFFFFF),
        struct.pack(">BI", 1, 3) + b"abc",
        struct.pack(">BI", 1, len(zlib.compress(bytes(8 << 20)))) + zlib.compress(bytes(8 << 20)),
        struct.pack(">BI", 0, 2) + b"\xff\xff",
    ],
)
def test_what_no_gateway_sends_is_refused(wired: bytes) -> None:
    with pytest.raises(relay_client.ConnectionLost):
        list(_frames.Decoder().feed(wired))


def test_the_text_form_of_a_relay() -> None:
    relay = relay_client.Relay(42, REF)
    assert str(relay) == "42/AAECAwQFBgcICQoLDA0ODw"
    assert relay_client.Relay.parse(str(relay)) == relay
    named = relay_client.Relay(42, REF, "billing")
    assert str(named) == "billing/42/AAECAwQFBgcICQoLDA0ODw"
    assert relay_client.Relay.parse(str(named)) == named
    assert "AAEC" not in repr(relay)
    for text in ("", "42", "x/AAEC", "a/b/42/AAEC", "0/AAEC", "42/"):
        with pytest.raises(ValueError, match="not a relay"):
            relay_client.Relay.parse(text)
