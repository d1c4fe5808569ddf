"""Requests that look: search, small pictures, and what the gallery is."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from vireid.gallery import Where, Wish
from vireid.serving.asked import IMAGE, ImageBody, Serving, Who, address_of, problems
from vireid.serving.audit import Entry
from vireid.serving.expected import Answer
from vireid.serving.pictures import Sent
from vireid.serving.refusal import Refused
from vireid.serving.service import Service
from vireid.serving.thumbnails import below, shown_name
from vireid.serving.words import About, ByImage, ByRow, Key, Kind, Result, Results, Wanted
from vireid.types import Modality

routes = APIRouter(prefix="/api", tags=["look"])


@routes.post(
    "/search/image", responses=problems(409, 415), openapi_extra=IMAGE, name="search_by_image"
)
async def _search_by_image(
    words: Annotated[ByImage, Query()],
    data: ImageBody,
    service: Serving,
    who: Who,
    request: Request,
) -> Results:
    """Search by the image in the body, which is kept nowhere."""
    sent = Sent(data, Modality[words.modality.upper()], words.taken_by)
    answer = await service.search_image(sent, _wish(words))
    count, filters = len(answer.found), _used(words)
    entry = Entry("search", who.who, address_of(request), count, "image", filters)
    return await service.log.tell(entry, lambda: _results(service, answer))


@routes.get("/search", responses=problems(404), name="search_by_row")
async def _search_by_row(
    words: Annotated[ByRow, Query()], service: Serving, who: Who, request: Request
) -> Results:
    """Search by a row of the gallery, or by all rows of a track, which are left out themselves."""
    if (words.key is None) == (words.of_track is None):
        raise Refused(422, "give one of key and of_track to search by")
    answer = await service.search_row(words.key, words.of_track, _wish(words))
    by, count, filters = "key" if words.key else "track", len(answer.found), _used(words)
    entry = Entry("search", who.who, address_of(request), count, by, filters)
    return await service.log.tell(entry, lambda: _results(service, answer))


@routes.get("/thumbnails/{key}", responses=problems(404), response_class=Response, name="thumbnail")
async def _thumbnail(key: Key, service: Serving) -> Response:
    """Return a small picture of a row's image, a JPEG file."""
    return Response(await service.thumbnail(key), media_type="image/jpeg")


@routes.get("/about", responses=problems(), name="about")
async def _about(service: Serving, who: Who) -> About:
    """Tell what the gallery is, and what the caller may do."""
    basis = await service.look()
    return About(
        rows=basis.rows,
        network=basis.source,
        cameras={
            "visible": _printable(basis.cameras.get(Modality.VISIBLE, ())),
            "infrared": _printable(basis.cameras.get(Modality.INFRARED, ())),
        },
        writes=who.writes,
        adds=who.writes and service.places.uploads is not None,
        camera_matters=basis.statistics is not None,
    )


def _wish(words: Wanted) -> Wish:
    """Return how a search is done."""
    since, until = words.since, words.until
    if since is not None and until is not None and since >= until:
        raise Refused(422, "since is not before until; exchange them")
    where = Where(
        tracks=words.track,
        cameras=words.camera,
        modality=words.only,
        since=since,
        until=until,
    )
    return Wish(words.top, where, words.by)


def _printable(names: tuple[str, ...]) -> list[str]:
    """Return names as JSON takes them: what is no UTF-8 is replaced."""
    return [_text(name) for name in names]


def _text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _used(words: Wanted) -> tuple[str, ...]:
    """Return the names of the filters that were used."""
    told = words.model_dump()
    return tuple(
        name
        for name in ("only", "camera", "track", "since", "until")
        if told[name] not in (None, [])
    )


def _results(service: Service, answer: Answer) -> Results:
    """Return what was found as the client is told it; looks for files, which may take long."""
    roots = service.places.shown
    rows = [
        Result(
            key=one.key,
            similarity=round(one.similarity, 4),
            modality=_kind(one.modality),
            camera=None if one.camera is None else _text(one.camera),
            track=None if one.track is None else _text(one.track),
            time=one.time,
            name=_text(shown_name(one.path, roots)),
            itself=one.key == answer.query,
            picture=below(one.path, roots) is not None,
            false_matches=answer.false_matches(place)[0],
            fewer=answer.false_matches(place)[1],
        )
        for place, one in enumerate(answer.found)
    ]
    return Results(
        query=answer.query,
        query_modality=None if answer.modality is None else _kind(answer.modality.name.lower()),
        rows=service.basis.rows,
        results=rows,
    )


def _kind(modality: str) -> Kind:
    return "visible" if modality == "visible" else "infrared"
