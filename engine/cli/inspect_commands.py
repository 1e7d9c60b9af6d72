"""Commands that inspect or export a run: its invariance, features, encoder and views."""

from __future__ import annotations

import argparse
import json
import sys

from engine.cli.progress_bar import progress_bar
from engine.cli.run_argument import run_folder
from engine.config.errors import complain

ALL = "all"


def epoch_or_all(text: str) -> int | str:
    """An epoch's number, or "all"."""
    return ALL if text == ALL else int(text)


def do_invariance(options: argparse.Namespace) -> int:
    """Print which factors can be read from the encoder's features."""
    from engine.runs.invariance_file import table
    from engine.study.invariance import invariance

    spaces = None if options.space == "both" else (options.space,)
    with progress_bar(options.quiet) as report:
        result = invariance(run_folder(options.run), options.epochs, spaces, again=options.again, progress=report)
    print(json.dumps(result.to_dict(), indent=2) if options.json else "\n".join(table(result)))
    return 0


def do_embed(options: argparse.Namespace) -> int:
    """Features of images."""
    from engine.evaluate.export_features import embed_run
    from engine.study.embedded_epochs import embed_epochs

    def note(line: str) -> None:
        print(f"note: {line}", file=sys.stderr)

    folder = run_folder(options.run)
    if options.epoch == ALL:
        if options.images:
            raise complain("--epoch", "one epoch with --images", ALL, "Snapshots hold features of the run's own images.")
        if options.format:
            raise complain("--epoch", "one epoch with --format", ALL, "A folder has one sample for each image.")
    with progress_bar(options.quiet or not sys.stderr.isatty()) as report:
        if options.epoch == ALL:
            path = embed_epochs(folder, options.out, options.map, report, note)
        else:
            path = embed_run(
                folder,
                options.out,
                options.map,
                progress=report,
                images=options.images,
                epoch=options.epoch,
                note=note,
                format=options.format,
            )
    print(path)
    return 0


def do_export(options: argparse.Namespace) -> int:
    """Export the encoder for other programs."""
    from engine.evaluate.encoder import method_at
    from engine.evaluate.export_encoder import export_onnx, export_safetensors
    from engine.evaluate.layouts import libraries_of

    folder = run_folder(options.run)
    if options.out.suffix == ".onnx":
        exported = export_onnx(folder, options.out, options.epoch)
    elif options.out.suffix == ".safetensors":
        library = options.library or libraries_of(method_at(folder, 0)[0].encoder)[0]
        exported = export_safetensors(folder, options.out, library, options.epoch)
    else:
        raise complain("--out", "a file that ends in .safetensors or .onnx", str(options.out))
    print(exported.lines)
    message = "not compared: its library is not installed"
    if exported.difference is not None:
        images = "images of noise (the run's own could not be opened)" if exported.noise else "images"
        message = (
            f"features of {exported.images} {images} differ by at most {exported.difference:.2g} "
            f"(the largest is {exported.scale:.3g})"
        )
    print(f"{exported.path}: {message}", file=sys.stderr)
    return 0


def do_masks(options: argparse.Namespace) -> int:
    """Write masks of a run's photographs."""
    from engine.evaluate.saliency_masks import write_masks

    with progress_bar(options.quiet) as report:
        written = write_masks(run_folder(options.run), options.out, options.epoch, report)
    for line in written.skipped:
        print(f"note: not written: {line}", file=sys.stderr)
    message = f"{written.count} masks, {written.share:.0%} of the pixels object, {written.empty} without object"
    print(f"{written.folder}: {message}", file=sys.stderr)
    print(written.folder)
    return 0


def do_translate(options: argparse.Namespace) -> int:
    """Translate the images of a folder with a run's generator."""
    from engine.evaluate.translate_images import translate_images

    with progress_bar(options.quiet) as report:
        written = translate_images(
            run_folder(options.run), options.images, options.out, options.epoch, options.size, options.overwrite, report
        )
    for line in written.skipped:
        print(f"note: not translated: {line}", file=sys.stderr)
    print(f"{written.folder}: {written.count} translations of {written.size} px", file=sys.stderr)
    print(written.folder)
    return 0


def do_views(options: argparse.Namespace) -> int:
    """The views that a step saw."""
    from PIL import Image

    from engine.study.replay import views_sheet

    sheet = views_sheet(run_folder(options.run), options.step, options.rows)
    try:
        Image.fromarray(sheet).save(options.out)
    except (OSError, ValueError) as error:
        raise complain("--out", "a picture file that can be written", str(options.out), f"{error}.") from None
    print(options.out)
    return 0
