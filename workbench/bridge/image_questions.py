"""Questions about single images: the original file, its views, its neighbours and its loss; more samples on a map; new images on
one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from engine.config.errors import complain
from engine.study.results import ImageLoss as ImageLoss
from engine.study.results import ImageNeighbours as ImageNeighbours
from engine.study.results import LargeImage as LargeImage
from engine.study.results import Map as Map
from engine.study.results import PlacedImages as PlacedImages
from engine.study.results import ViewsPreview as ViewsPreview
from workbench.bridge.map_questions import maps_of, spaces_of
from workbench.bridge.open_data import open_data
from workbench.bridge.question import Context, DataQuestion, Lane, Question, Session, Where

if TYPE_CHECKING:
    from engine.study.run_encoder import RunEncoders


def encoders_of(session: Session) -> RunEncoders:
    """The opened encoders of runs."""
    from engine.study.run_encoder import RunEncoders

    return session.get(RunEncoders)


@dataclass(frozen=True)
class OpenImage(DataQuestion[LargeImage]):
    """An image of a data set from its original file, or as the data set holds it where there is no such file: answered by
    LargeImage."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    index: int

    def answer(self, context: Context) -> LargeImage:
        """ConfigError where the data cannot be opened or have no such image."""
        from engine.study.large_image import large_image

        return large_image(open_data(context, self.data), self.index)


@dataclass(frozen=True)
class OpenFile(Question[LargeImage]):
    """The image in a file: answered by LargeImage."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.SAME
    path: str

    def answer(self, context: Context) -> LargeImage:
        """ConfigError where it is gone or cannot be read."""
        from engine.data.pictures import reason
        from engine.study.large_image import large_file

        try:
            return large_file(Path(self.path))
        except FileNotFoundError:
            raise complain("file", "one that is still there", self.path) from None
        except Exception as error:  # a damaged file makes the decoders raise nearly anything
            raise complain("file", "an image that can be read", self.path, f"{reason(error, self.path)}.") from None


@dataclass(frozen=True)
class ImageViews(DataQuestion[ViewsPreview]):
    """The views of one image of a run's data, by the run's own pipeline: answered by ViewsPreview."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    folder: str
    index: int
    seed: int = 0

    def answer(self, context: Context) -> ViewsPreview:
        """On one thread, like previews."""
        import numpy as np

        from engine.augment.threads import one_thread
        from engine.runs.reader import read_run_config
        from engine.study.views_preview import ViewsPreviewer

        with one_thread():
            dataset = open_data(context, self.data)
            config = read_run_config(Path(self.folder))
            return context.session.get(ViewsPreviewer).of_images(config, dataset, np.array([self.index]), self.seed)


@dataclass(frozen=True)
class FileViews(Question[ViewsPreview]):
    """The views of the image in a file, by a run's own pipeline: answered by ViewsPreview, without the method's inputs."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.SAME
    folder: str
    path: str
    seed: int = 0

    def answer(self, context: Context) -> ViewsPreview:
        """ConfigError where the file cannot be read."""
        from engine.augment.threads import one_thread
        from engine.data.pictures import reason
        from engine.study.placed_images import views_of_file
        from engine.study.views_preview import ViewsPreviewer

        with one_thread():
            try:
                return views_of_file(Path(self.folder), Path(self.path), self.seed, context.session.get(ViewsPreviewer))
            except OSError as error:
                raise complain("file", "an image that can be read", self.path, f"{reason(error, self.path)}.") from None


@dataclass(frozen=True)
class NeighboursOfImage(DataQuestion[ImageNeighbours]):
    """The samples of a run's snapshot that are nearest to an image of its data: answered by ImageNeighbours. `inside`: whether the
    snapshot is known to have the image; if not, an encoder may have to be opened."""

    lane: ClassVar = Lane.QUICK
    folder: str
    epoch: int
    index: int
    k: int = 12
    metric: str = "cosine"
    space: str = "features"
    inside: bool = True

    def lane_of_this(self) -> Lane:
        """Slow where an encoder has to be opened first."""
        return self.lane if self.inside and self.space == "features" else Lane.SLOW

    def answer(self, context: Context) -> ImageNeighbours:
        """Exact, in the original space."""
        from engine.study.image_neighbours import neighbours_of_image

        session = context.session
        dataset = open_data(context, self.data)
        of = Path(self.folder), self.epoch, self.index, self.k, self.metric, self.space
        return neighbours_of_image(spaces_of(session), encoders_of(session), dataset, *of, context.part())


@dataclass(frozen=True)
class LossOfImage(Question[ImageLoss | None]):
    """The loss of one image after an epoch: answered by ImageLoss. With `measure` it is measured where it is not stored with the
    run, without it the answer is None then."""

    lane: ClassVar = Lane.QUICK
    folder: str
    epoch: int
    index: int
    measure: bool = False

    def lane_of_this(self) -> Lane:
        """Slow where it is measured."""
        return Lane.SLOW if self.measure else self.lane

    def answer(self, context: Context) -> ImageLoss | None:
        """With the checkpoint nearest to the epoch."""
        from engine.study.sample_losses import image_loss, stored_image_loss

        if self.measure:
            return image_loss(Path(self.folder), self.epoch, self.index, context.part())
        return stored_image_loss(Path(self.folder), self.epoch, self.index)


@dataclass(frozen=True)
class Embedded:
    """The epoch whose snapshot has more samples now, and how many."""

    epoch: int
    count: int


@dataclass(frozen=True)
class EmbedMore(Question[Embedded]):
    """Encode more images for the maps of a run than its snapshot has, and store their features with the run: answered by Embedded.
    `count`: the number of samples in the end, 0 for all of the data. `epoch`: of the snapshot; where its checkpoint was not kept,
    the nearest epoch of which it was is taken."""

    lane: ClassVar = Lane.LONG
    folder: str
    epoch: int
    count: int = 0

    def answer(self, context: Context) -> Embedded:
        """Cancelled where the answer is no longer wanted: then nothing is stored."""
        from engine.study.more_samples import embed_more, nearest_embeddable

        folder = Path(self.folder)
        snapshot = embed_more(folder, nearest_embeddable(folder, self.epoch), self.count, context.part())
        spaces_of(context.session).replace(folder, snapshot)
        return Embedded(snapshot.epoch, len(snapshot.index))


@dataclass(frozen=True, eq=False)
class PlaceImages(Question[PlacedImages]):
    """Encode the images in files and folders by a run's encoder, and place them on a map of it: answered by PlacedImages.
    `neighbours`, `min_dist`: the parameters of a map by umap-learn."""

    lane: ClassVar = Lane.SLOW
    where: ClassVar = Where.SAME
    shown: Map
    paths: tuple[str, ...]
    neighbours: int = 15
    min_dist: float = 0.1

    def lane_of_this(self) -> Lane:
        """With the maps where their process is used."""
        return Lane.MAPS if self.shown.kind == "umap_learn" else self.lane

    def answer(self, context: Context) -> PlacedImages:
        """ConfigError where no image can be read, or the epoch's checkpoint was not kept."""
        from engine.study.placed_images import ImagePlacer

        session = context.session
        maps = maps_of(session)
        placer = session.get(ImagePlacer, lambda: ImagePlacer(spaces_of(session), encoders_of(session)))
        if self.shown.kind == "umap_learn":
            session.on_cancel(self.topic, lambda: maps.cancel("umap_learn"))
        return placer.position_files(self.shown, self.paths, maps.workers, self.neighbours, self.min_dist, context.part())
