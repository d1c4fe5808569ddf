"""What requests say and answers tell, as OpenAPI describes it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Names = Annotated[list[Name], Field(max_length=200, fail_fast=True)]
Time = Annotated[float, Field(allow_inf_nan=False, ge=-1e11, le=1e11)]
Kind = Literal["visible", "infrared"]


class Strict(BaseModel):
    """Words of which unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _one_unknown(cls, given: Any) -> Any:
        """Leave one unknown word to be refused: an error for each of many takes long."""
        if not isinstance(given, dict):
            return given
        unknown = [name for name in given if name not in cls.model_fields]
        others = set(unknown[1:])
        return {name: value for name, value in given.items() if name not in others}


class Wanted(Strict):
    """Which rows are searched, and what is returned."""

    top: int = Field(20, ge=1, le=200, description="at most how many results")
    by: Literal["image", "track"] = Field("image", description="what one result stands for")
    only: Kind | None = Field(None, description="rows of this modality alone")
    camera: Names = Field([], description="rows of these cameras alone")
    track: Names = Field([], description="rows of these tracks alone")
    since: Time | None = Field(None, description="rows of this time or later, seconds since 1970")
    until: Time | None = Field(None, description="rows before this time")


class ByImage(Wanted):
    """A search by the image in the body."""

    modality: Kind = Field(description="what the image shows")
    taken_by: Name | None = Field(None, description="the camera that took it, where known")


class ByRow(Wanted):
    """A search by what the gallery holds: a key or a track."""

    key: Key | None = Field(None, description="of a row")
    of_track: Name | None = Field(None, description="all images of this track")


class NewImage(Strict):
    """What is said of an image that is added."""

    modality: Kind = Field(description="what it shows")
    camera: Name | None = Field(None, description="that took it")
    track: Name | None = Field(None, description="that it belongs to")
    time: Time | None = Field(None, description="when it was taken, seconds since 1970")


class Forget(Strict):
    """Which rows are forgotten: those for which all conditions hold, of which there is one."""

    keys: Annotated[list[Key], Field(max_length=10_000, fail_fast=True)] = []
    tracks: Names = []
    cameras: Names = []
    modality: Kind | None = None
    since: Time | None = None
    until: Time | None = None


class Mark(Strict):
    """What a person says of a result; unsure takes back what was said before."""

    query: Key
    result: Key
    rank: int = Field(ge=1, le=1000, strict=True)
    similarity: float = Field(ge=-1.001, le=1.001, allow_inf_nan=False)
    query_modality: Kind
    judged: Literal["right", "wrong", "unsure"]

    @model_validator(mode="after")
    def _of_two(self) -> "Mark":
        """Refuse an image as a result of itself: it tells nothing, and is always right."""
        if self.query == self.result:
            raise ValueError("query and result are one image; expected two")
        return self


class Result(BaseModel):
    """A row that was found."""

    key: str
    similarity: float
    modality: Kind
    camera: str | None
    track: str | None
    time: float | None = Field(description="seconds since 1970 in UTC")
    name: str
    itself: bool = Field(description="whether it is the very image that was sent")
    picture: bool = Field(description="whether its file may be shown")
    false_matches: float | None = Field(
        description="images of other people that are to be expected to be as similar to the query"
    )
    fewer: bool = Field(description="whether that is only an upper bound")


class Results(BaseModel):
    """What a search found, best first."""

    query: str | None = Field(description="key of the image that was searched by")
    query_modality: Kind | None = Field(description="what that image shows, as a mark repeats it")
    rows: int = Field(description="rows of the gallery")
    results: list[Result]


class AddedImage(BaseModel):
    """What became of an image that was added."""

    key: str
    added: bool = Field(description="false where the gallery held it already")


class ForgottenRows(BaseModel):
    """What was forgotten."""

    forgotten: int


class Precision(BaseModel):
    """How often the first result is right, with an interval of 95%."""

    name: str = Field(description="modalities of query and result, as infrared-visible, or all")
    share: float
    low: float
    high: float
    count: int = Field(description="first results that were marked")
    people: int = Field(description="groups of queries that are known to be of one person")


class JudgedSoFar(BaseModel):
    """What was marked so far, of each pair the last mark."""

    pairs: int
    first: list[Precision]


class About(BaseModel):
    """What a page has to know."""

    rows: int
    network: str | None = Field(description="what made the embeddings")
    cameras: dict[Kind, list[str]]
    writes: bool = Field(description="whether the caller may add and forget")
    adds: bool = Field(description="whether images can be added at all")
    camera_matters: bool = Field(description="whether a query is better with its camera")


class Problem(BaseModel):
    """Why a request was refused."""

    error: str
