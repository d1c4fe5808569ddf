"""Requests that change something: add, forget, judge."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from vireid.errors import DataError
from vireid.gallery import Where
from vireid.ranking import Judgement
from vireid.serving.asked import IMAGE, ImageBody, Serving, Who, address_of, problems
from vireid.serving.audit import Entry
from vireid.serving.judging import Marked, precisions
from vireid.serving.pictures import Sent
from vireid.serving.queries import Said
from vireid.serving.refusal import Refused
from vireid.serving.service import Service
from vireid.serving.tokens import Caller
from vireid.serving.words import (
    AddedImage,
    Forget,
    ForgottenRows,
    JudgedSoFar,
    Mark,
    NewImage,
    Precision,
)
from vireid.types import Modality

_log = logging.getLogger(__name__)
routes = APIRouter(prefix="/api", tags=["change"])


@routes.post("/images", responses=problems(409, 415), openapi_extra=IMAGE, name="add_image")
async def _add_image(
    words: Annotated[NewImage, Query()],
    data: ImageBody,
    service: Serving,
    who: Who,
    request: Request,
) -> AddedImage:
    """Add the image in the body; once this answers it is part of the gallery, and stays it."""
    sent = Sent(data, Modality[words.modality.upper()], words.camera)
    await _asked(service, "add", who, request)
    key, new = await service.add(sent, Said(words.track, words.time))
    await _done(service, Entry("add", who.who, address_of(request), int(new)))
    return AddedImage(key=key, added=new)


@routes.post("/forget", responses=problems(), name="forget")
async def _forget(words: Forget, service: Serving, who: Who, request: Request) -> ForgottenRows:
    """Forget rows; once this answers they are gone, from the files of the gallery too."""
    if words.since is not None and words.until is not None and words.since >= words.until:
        raise Refused(422, "since is not before until; exchange them")
    where = Where(
        keys=words.keys,
        tracks=words.tracks,
        cameras=words.cameras,
        modality=words.modality,
        since=words.since,
        until=words.until,
    )
    if where.everything:
        raise Refused(
            422, "nothing says what is to be forgotten; expected a key, a track, a camera"
        )
    await _asked(service, "forget", who, request)
    count = await service.forget(where)
    await _done(service, Entry("forget", who.who, address_of(request), count))
    return ForgottenRows(forgotten=count)


@routes.post("/judgements", responses=problems(404), name="judge")
async def _judge(mark: Mark, service: Serving, who: Who, request: Request) -> JudgedSoFar:
    """Keep whether a result shows the person that was searched for."""
    said = Marked(**mark.model_dump())
    await _asked(service, "judge", who, request)
    await service.judge(said)
    await _done(service, Entry("judge", who.who, address_of(request), 1))
    return await _told(service)


@routes.get("/judgements", responses=problems(), name="judgements")
async def _judgements(service: Serving) -> JudgedSoFar:
    """Tell what the judgements say so far."""
    return await _told(service)


async def _asked(service: Service, what: str, who: Caller, request: Request) -> None:
    """Log what is asked for before it is done: where that fails, nothing is changed."""
    await service.log.note(Entry(f"{what} asked", who.who, address_of(request), 0))


async def _done(service: Service, entry: Entry) -> None:
    """Log what was done. Where that fails it is done all the same, and logged as asked for."""
    try:
        await service.log.note(entry)
    except DataError as error:
        _log.warning("%s was done and is logged as asked for alone: %s", entry.what, error)


async def _told(service: Service) -> JudgedSoFar:
    judged = await service.judgements()
    return await run_in_threadpool(_sum, judged, service.basis.network)


def _sum(judged: tuple[Judgement, ...], network: str | None) -> JudgedSoFar:
    """Return what judgements say, which takes longer the more there are."""
    first = [
        Precision(
            name=one.name,
            share=one.precision.share,
            low=one.precision.low,
            high=one.precision.high,
            count=one.precision.count,
            people=one.precision.groups,
        )
        for one in precisions(judged, network)
    ]
    pairs = {(one.query, one.result) for one in judged}
    return JudgedSoFar(pairs=len(pairs), first=first)
