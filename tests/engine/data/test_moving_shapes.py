"""The moving shapes: their motions, their exact flow and their sound."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data import moving_shapes
from engine.data.clips import evenly
from engine.data.moving_shapes import FRAMES, MOTIONS, RATE, SAMPLES, Clips, draw, flow, path, pitch, render, sound
from engine.data.outlines import SHAPES
from engine.data.run_images import keep_manifest, run_images

SIDE = 32
CLIPS = draw(3, np.arange(400))


def of(motion: str, count: int = 4) -> Clips:
    """The first clips of a motion."""
    rows = np.flatnonzero(CLIPS.motion == MOTIONS.index(motion))[:count]
    assert len(rows) == count, "the drawn clips have too few of this motion"
    return CLIPS.take(rows)


def test_a_clip_depends_on_seed_and_index_alone() -> None:
    many, some = draw(3, np.arange(50)), draw(3, np.array([7, 31]))
    for name, values in vars(some).items():
        if name != "world":
            assert np.array_equal(values, getattr(many, name)[[7, 31]]), name
    all_frames, _ = render(many, SIDE)
    frames, masks = render(some, SIDE)
    assert np.array_equal(frames, all_frames[[7, 31]])
    assert np.array_equal(sound(some), sound(many)[[7, 31]])
    assert np.array_equal(flow(some, masks), flow(many.take(np.array([7, 31])), masks))
    assert not np.array_equal(draw(4, np.arange(50)).motion, many.motion)
    assert len(set(moving_shapes.digests(many).tolist())) == 50


def test_motions_follow_zipf_s_law() -> None:
    counts = np.bincount(draw(0, np.arange(20_000)).motion, minlength=len(MOTIONS))
    harmonic = sum(1 / i for i in range(1, 11))
    for i, count in enumerate(counts.tolist(), start=1):
        expected = 20_000 / (i * harmonic)
        assert abs(count - expected) < 5 * math.sqrt(expected), MOTIONS[i - 1]


def centroids(masks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x and y of the masks' centres, and their areas, (n, T) each, in pixels."""
    area = masks.sum((2, 3))
    steps = np.arange(masks.shape[-1]) + 0.5
    return (masks.sum(2) * steps).sum(-1) / area, (masks.sum(3) * steps).sum(-1) / area, area


@pytest.mark.parametrize(("motion", "axis", "sign"), [("right", 0, 1), ("left", 0, -1), ("up", 1, -1), ("down", 1, 1)])
def test_straight_motions_move_the_mask_by_their_speed(motion: str, axis: int, sign: int) -> None:
    clips = of(motion)
    x, y, _ = centroids(render(clips, SIDE)[1])
    along, across = (x, y) if axis == 0 else (y, x)
    moved = along[:, -1] - along[:, 0]
    assert np.allclose(moved, sign * (FRAMES - 1) * clips.speed * SIDE, atol=0.5)
    assert np.allclose(across[:, -1], across[:, 0], atol=0.5)


def test_other_motions_do_what_they_are_called() -> None:
    for motion, sign in (("grow", 1), ("shrink", -1)):
        area = centroids(render(of(motion), SIDE)[1])[2]
        assert (sign * (np.log(area[:, -1]) - np.log(area[:, 0])) > 0.4).all(), motion
    bounce = of("bounce")
    y = centroids(render(bounce, SIDE)[1])[1]
    lowest = y.argmax(1)
    assert (np.abs(lowest - bounce.contact) <= 1).all()
    assert (y[:, 0] < y.max(1) - 0.5).all()
    assert (y[:, -1] < y.max(1) - 0.5).all()
    orbit = of("orbit")
    at = path(orbit, np.arange(FRAMES))
    distance = np.hypot(at.x - orbit.world.x[:, None], at.y - orbit.world.y[:, None])
    assert np.allclose(distance, orbit.radius[:, None], atol=1e-6)
    # The way along the circle is the speed.
    assert np.allclose(np.hypot(np.diff(at.x), np.diff(at.y)), orbit.speed[:, None], rtol=0.1)
    for motion, sign in (("spin right", 1), ("spin left", -1)):
        spin = of(motion)
        turned = np.diff(path(spin, np.arange(FRAMES)).rotation)
        assert (sign * turned > 7).all(), motion
        assert (sign * turned < 25).all(), motion
        assert not {SHAPES[code] for code in spin.world.shape} & {"disc", "ring"}


def test_every_shape_stays_in_the_picture() -> None:
    at = path(CLIPS, np.arange(FRAMES))
    for positions in (at.x, at.y):
        # A rim may be cut off, the larger part of the shape never is.
        assert (positions - 0.35 * at.size > 0).all()
        assert (positions + 0.35 * at.size < 1).all()


def sampled(image: np.ndarray, x: float, y: float) -> np.ndarray:
    """The image (3, S, S) at a position in pixels, whose centres are at halves, bilinearly."""
    column, row = x - 0.5, y - 0.5
    left, top = int(np.floor(column)), int(np.floor(row))
    right, low = column - left, row - top
    return (1 - low) * ((1 - right) * image[:, top, left] + right * image[:, top, left + 1]) + low * (
        (1 - right) * image[:, top + 1, left] + right * image[:, top + 1, left + 1]
    )


def inner(mask: np.ndarray) -> np.ndarray:
    """Pixels all of whose neighbours up to two away are in the mask."""
    result = mask.copy()
    for down in range(-2, 3):
        for across in range(-2, 3):
            result &= np.roll(mask, (down, across), (0, 1))
    return result


@pytest.mark.parametrize("motion", ["right", "left", "up", "down", "bounce", "orbit"])
def test_a_frame_moved_by_the_flow_is_the_next_frame(motion: str) -> None:
    """Inside the shape, of clips of 64 px; a shape that keeps its size and rotation looks the same everywhere."""
    clips = of(motion, 3)
    frames, masks = render(clips, 64)
    moves = flow(clips, masks).astype(np.float64)
    errors, unmoved = [], []
    for clip in range(len(clips)):
        for t in range(FRAMES - 1):
            for row, column in np.argwhere(inner(masks[clip, t]) & inner(masks[clip, t + 1])):
                right, down = moves[clip, t, :, row, column]
                after = sampled(frames[clip, t + 1].astype(np.float64), column + 0.5 + right, row + 0.5 + down)
                errors.append(np.abs(after - frames[clip, t, :, row, column]).mean())
                unmoved.append(np.abs(frames[clip, t + 1, :, row, column].astype(float) - frames[clip, t, :, row, column]).mean())
    assert np.mean(errors) < 2
    assert np.mean(errors) < 0.5 * np.mean(unmoved), "without the flow the frames differ more"


@pytest.mark.parametrize("motion", ["spin right", "grow", "orbit", "bounce"])
def test_the_flow_is_that_of_points_fixed_to_the_shape(motion: str) -> None:
    clips = of(motion, 2)
    _, masks = render(clips, SIDE)
    moves, at = flow(clips, masks), path(clips, np.arange(FRAMES))
    for clip in range(2):
        for t in range(FRAMES - 1):
            assert (moves[clip, t][:, ~masks[clip, t]] == 0).all()
            for row, column in np.argwhere(masks[clip, t])[::7]:
                # The point in the shape's own frame: turned back and in radii.
                dx, dy = (column + 0.5) / SIDE - at.x[clip, t], (row + 0.5) / SIDE - at.y[clip, t]
                angle = math.radians(at.rotation[clip, t])
                u = (dx * math.cos(angle) + dy * math.sin(angle)) / at.size[clip, t]
                v = (dy * math.cos(angle) - dx * math.sin(angle)) / at.size[clip, t]
                angle = math.radians(at.rotation[clip, t + 1])
                x = at.x[clip, t + 1] + at.size[clip, t + 1] * (u * math.cos(angle) - v * math.sin(angle))
                y = at.y[clip, t + 1] + at.size[clip, t + 1] * (u * math.sin(angle) + v * math.cos(angle))
                expected = x * SIDE - (column + 0.5), y * SIDE - (row + 0.5)
                assert np.allclose(moves[clip, t, :, row, column], expected, atol=4e-3)


def test_the_sound_has_its_peak_at_the_drawn_pitch() -> None:
    clips = CLIPS.take(np.flatnonzero(CLIPS.motion < 4)[:20])
    values = sound(clips)
    assert values.dtype == np.int16
    assert values.shape == (20, SAMPLES)
    spectrum = np.abs(np.fft.rfft(values * np.hanning(SAMPLES)))
    peak = spectrum.argmax(1) * RATE / SAMPLES
    assert np.allclose(peak, pitch(clips), atol=1)
    assert ((pitch(clips) > 219) & (pitch(clips) < 641)).all()
    assert (np.diff(pitch(clips)[clips.speed.argsort()]) >= 0).all()


def test_loudness_is_size_timbre_is_shape_and_a_bounce_clicks() -> None:
    [one] = [CLIPS.take(np.flatnonzero(CLIPS.motion == 0)[:1])]
    larger = replace(one, world=replace(one.world, size=one.world.size * 1.5))
    assert np.abs(sound(larger)).mean() == pytest.approx(1.5 * np.abs(sound(one)).mean(), rel=0.01)
    harmonics = set()
    for code in range(10):
        [values] = sound(replace(one, world=replace(one.world, shape=np.array([code]))))
        spectrum = np.abs(np.fft.rfft(values * np.hanning(SAMPLES)))
        peaks = [spectrum[round(pitch(one)[0] * k) - 2 :][:5].max() for k in (1, 2, 3)]
        harmonics.add((round(peaks[1] / peaks[0], 1), round(peaks[2] / peaks[0], 1)))
    assert len(harmonics) == 10
    bounce = of("bounce", 3)
    loud = np.abs(np.diff(sound(bounce).astype(np.float64), n=4))
    struck = (bounce.contact + 0.5) / FRAMES * SAMPLES
    assert (np.abs(loud.argmax(1) - struck) < 0.02 * SAMPLES).all()


def test_they_open_alike_in_memory_and_from_disk(open_at) -> None:
    memory = open_at("moving_shapes", count=40, size=16, storage="memory")
    disk = open_at("moving_shapes", count=40, size=16, storage="disk")
    frames, masks = render(draw(0, np.arange(40)), 16)
    for data in (memory, disk):
        assert data.clips is not None
        assert data.flow is not None
        assert data.sound is not None
        assert np.array_equal(data.clips, frames)
        assert np.array_equal(data.images, frames[:, FRAMES // 2])
        assert np.array_equal(data.masks, masks[:, FRAMES // 2])
        assert np.array_equal(data.flow, flow(draw(0, np.arange(40)), masks))
        assert np.array_equal(data.sound.values, sound(draw(0, np.arange(40))))
        assert (data.sound.rate, data.sound.seconds) == (RATE, 1.0)
        assert data.classes == MOTIONS
        assert set(data.columns) == {"masks", "clips", "clip_masks", "flow", "sound"}
        assert not data.clips.flags.writeable
    assert isinstance(disk.clips, np.memmap)
    assert isinstance(disk.flow, np.memmap)
    assert isinstance(disk.sound.values, np.memmap)
    assert data.factors["speed"].values.shape == (40,)


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_a_run_keeps_its_clips_when_the_set_has_others(open_at, tmp_path: Path, storage: str) -> None:
    before = open_at("moving_shapes", count=30, size=16)
    run = tmp_path / "run"
    run.mkdir()
    keep_manifest(run, before, "moving_shapes")
    fewer = open_at("moving_shapes", count=20, size=16, storage=storage)
    opened = run_images(run, fewer, root=str(tmp_path / "root"))
    assert opened.changes is not None
    assert len(opened.changes.missing) == 10
    assert opened.clips is not None
    assert opened.sound is not None
    assert np.array_equal(opened.clips[:20], before.clips[:20])
    assert np.array_equal(opened.sound.values[:20], before.sound.values[:20])
    assert np.array_equal(opened.flow[:20], before.flow[:20])
    assert opened.sound.known.tolist() == [True] * 20 + [False] * 10
    assert (opened.flow[20:] == 0).all()
    assert (opened.clips[20:] == opened.images[20][None, None]).all()


def test_frames_are_taken_evenly_and_each_has_a_flow_to_the_next() -> None:
    assert evenly(8, 4).tolist() == [0, 2, 4, 6]
    assert evenly(8, 7).tolist() == list(range(7))
    assert evenly(2, 3).tolist() == [0, 0, 0]
    assert evenly(1, 4).tolist() == [0, 0, 0, 0]
