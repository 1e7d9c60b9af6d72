"""The commands and options of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from engine.cli.evaluate_commands import do_evaluate
from engine.cli.inspect_commands import do_embed, do_export, do_invariance, do_masks, do_translate, do_views, epoch_or_all
from engine.cli.list_commands import do_datasets, do_encoders, do_methods, do_runs
from engine.cli.machine_options import machine_options
from engine.cli.search_command import do_search
from engine.cli.serve_command import do_serve
from engine.cli.training import do_leaderboard, do_open, do_resume, do_sweep, do_train, do_trust
from engine.embed.map_kinds import KINDS, MAP_TITLES
from engine.evaluate.plan import BUDGET
from engine.search.proposers import PROPOSERS
from engine.search.rewards import REWARDS
from engine.search.space import SPACES


def parser() -> argparse.ArgumentParser:
    """The parser of all commands and their options. `do` of the parsed options is the function to call with them."""
    made = argparse.ArgumentParser(
        prog="python -m engine", description="Self-supervised visual representation learning, without a window."
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(do=do)
        return sub

    def runs_option(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--runs", metavar="DIR", help="folder of runs (default: $PARALLAX_RUNS, or the user's data folder)")

    sub = command("methods", do_methods, "List the methods; `beyond`: those that the articles do not name.")
    sub.add_argument("--recipes", action="store_true", help="their published recipes: settings, source, what they need")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("datasets", do_datasets, "List the data sets that have a name.")
    sub.add_argument("--json", action="store_true", help="as JSON")

    sub = command("encoders", do_encoders, "List the encoders: this program's own, and those of timm and torchvision.")
    sub.add_argument("search", nargs="*", metavar="SEARCH", help="words of their names: resnet, convnext tiny, ...")
    sub.add_argument("--method", metavar="ID", help="those alone that a method can train")
    sub.add_argument("--json", action="store_true", help="as JSON")

    def config_options(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("config", nargs="?", metavar="CONFIG.yaml", help="a config, complete or in part")
        sub.add_argument("--method", metavar="ID", help="see `methods`")
        sub.add_argument(
            "--recipe",
            choices=("minutes", "paper"),
            default="minutes",
            help="settings to start from: sized for minutes (default), or those of the method's paper (`methods --recipes`)",
        )
        sub.add_argument(
            "--data", metavar="NAME|PATH", help="a named set, a folder of images, a .tar file or pattern, or an .npz file"
        )
        sub.add_argument("--other", metavar="NAME|PATH", help="the second set of images, for methods that translate into its look")
        sub.add_argument("--epochs", type=int, metavar="N")
        sub.add_argument("--minutes", type=float, metavar="M", help="length as a time, kept by the clock")
        sub.add_argument("--seed", type=int, metavar="S")
        sub.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help="any key of the config, e.g. optim.lr=0.001; repeatable"
        )
        sub.add_argument("--quiet", action="store_true", help="no progress bar and no news; warnings and errors stay")
        runs_option(sub)

    sub = command("train", do_train, "Train a run. The last line of stdout is its folder.")
    config_options(sub)
    # Given to the ranks of a run on several devices.
    sub.add_argument("--folder", help=argparse.SUPPRESS)

    sub = command(
        "serve",
        do_serve,
        "Answer a window on another machine over standard input and output. `workbench --host` starts it by ssh; its runs go on "
        "when the connection ends.",
    )
    sub.add_argument("--questions", default="", metavar="MODULE:CLASS", help="what answers the window's questions; it names it")
    runs_option(sub)

    sub = command(
        "open",
        do_open,
        "Show a model that exists on images, without training: a run with its map, neighbours, kNN and checkpoint, beside the same "
        "encoder drawn anew. The last line of stdout is its folder, for evaluate, invariance, embed and the window.",
    )
    sub.add_argument(
        "weights", metavar="WEIGHTS|NAME", help="a file, a run (RUN or RUN@EPOCH), timm/NAME, torchvision/NAME or hf-hub:OWNER/NAME"
    )
    sub.add_argument(
        "--data",
        required=True,
        metavar="NAME|PATH",
        help="a named set, a folder of images, a .tar file or pattern, or an .npz file",
    )
    sub.add_argument("--name", default="", metavar="R", help="a name for the run")
    sub.add_argument("--backbone", default="", metavar="NAME", help="the encoder, where a file does not tell it; see `encoders`")
    sub.add_argument(
        "--size", type=int, default=0, metavar="PX", help="side of the images for the encoder (default its own, at most 224)"
    )
    sub.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any key of the config; repeatable")
    sub.add_argument("--quiet", action="store_true", help="no progress bar and no news; warnings and errors stay")
    runs_option(sub)

    sub = command("sweep", do_sweep, "Train every combination of a few settings.")
    config_options(sub)
    sub.add_argument(
        "--grid",
        action="append",
        default=[],
        metavar="KEY=VALUES",
        help="values of a key: optim.lr=0.01,0.1 or optim.lr='1e-4..1e-1 log 4' or train.batch=64,128; repeatable",
    )
    sub.add_argument("--seeds", type=int, default=0, metavar="N", help="each combination with the seeds 0 to N-1")
    sub.add_argument("--tag", default="sweep", metavar="WORD", help="the tag by which its runs are found (default sweep)")
    machine_options(sub)
    sub.add_argument("--yes", action="store_true", help="begin without asking")

    sub = command(
        "search",
        do_search,
        "Search settings by short runs that are rewarded for their encoder, beside a random search of as many runs. The same "
        "command goes on with a search that was broken off.",
    )
    config_options(sub)
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the search: its plan, record and table")
    sub.add_argument(
        "--over",
        action="append",
        default=[],
        metavar="KEY=VALUES",
        help="what is searched: optim.lr='1e-4..1e-1 log', views.groups.*.hue=0..0.5 (of every kind of view), "
        "method.id=simclr,byol; repeatable",
    )
    sub.add_argument("--space", choices=tuple(SPACES), help="a space that has a name: the strengths of the augmentation")
    sub.add_argument(
        "--proposer",
        choices=tuple(PROPOSERS),
        default="cmaes",
        help="who proposes: cmaes for ranges (default), ucb or exp3 for values to choose from, random for both",
    )
    sub.add_argument(
        "--reward",
        choices=tuple(REWARDS),
        required=True,
        help="knn uses labels of validation images; without labels: task (the method's own), rank (RankMe), rotation",
    )
    sub.add_argument("--factor", default="", metavar="NAME", help="with --reward knn: a factor of the data in place of the classes")
    sub.add_argument(
        "--budget", type=int, default=16, metavar="N", help="runs of the proposer (default 16), after one of the recipe"
    )
    sub.add_argument("--draw", type=int, default=0, metavar="SEED", help="seed of the proposals (default 0)")
    sub.add_argument("--alone", action="store_true", help="without a random search of as many runs beside it")
    sub.add_argument("--tag", default="search", metavar="WORD", help="the tag by which its runs are found (default search)")
    machine_options(sub)
    sub.add_argument("--yes", action="store_true", help="begin without asking")

    sub = command(
        "resume",
        do_resume,
        "Go on with a stopped or killed run, or train a run longer. With another length the schedules (learning rate, teacher) go "
        "on as those of a run of that length: the learning rate of a finished run rises again and falls to the new end.",
    )
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--device", default="", metavar="ID", help="another device than the run's own: auto, cpu, mps, cuda or cuda:N")
    sub.add_argument("--devices", type=int, default=0, metavar="N", help="on another number of devices than the run's own")
    length = sub.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=int, metavar="N", help="train until N epochs are done in all")
    length.add_argument("--steps", type=int, metavar="N", help="train until N steps are done in all")
    length.add_argument("--minutes", type=float, metavar="M", help="train until M minutes are spent in all")
    length.add_argument(
        "--more", nargs=2, metavar=("N", "UNIT"), help="train so much longer: --more 50 epochs (or steps, or minutes)"
    )
    sub.add_argument("--quiet", action="store_true", help="no progress bar and no news; warnings and errors stay")

    sub = command(
        "trust",
        do_trust,
        "Let the code of an encoder run on this computer: that of a run that somebody else trained, or a Python file, also after "
        "it changes. Read it before.",
    )
    sub.add_argument("path", type=Path, metavar="RUN|FILE", help="a run's folder, or a .py file")

    sub = command("evaluate", do_evaluate, "kNN, linear probe and fine-tuning on the test split, trained and untrained encoder.")
    sub.add_argument(
        "run", type=Path, nargs="+", metavar="RUN", help="one, or several: these one after another, what they keep not done again"
    )
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub.add_argument(
        "--parts",
        metavar="PART,PART",
        help="of knn, linear, finetune_1, finetune_10, finetune_100, and tasks of other packages (default knn,linear, and of one "
        "run its pretext task)",
    )
    sub.add_argument(
        "--epoch", type=int, metavar="N", help="of the checkpoint that was kept after epoch N (0: untrained; default last)"
    )
    sub.add_argument("--device", default="auto", metavar="ID", help="auto, cpu, mps, cuda or cuda:N (default auto)")
    sub.add_argument(
        "--budget", type=int, default=BUDGET, metavar="IMAGES", help=f"most images that one fine-tuning sees (default {BUDGET:,})"
    )
    sub.add_argument(
        "--layer-decay",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="of one run, in fine-tuning: factor of the learning rate from a layer of a ViT to the one below (default 1: none)",
    )
    sub.add_argument("--again", action="store_true", help="measure anew what several runs keep of the same checkpoint")
    sub.add_argument("--yes", action="store_true", help="begin with several runs without asking")
    sub.add_argument("--lines", action="store_true", help="progress as lines of JSON on stdout, for a program that follows it")
    machine_options(sub)

    sub = command(
        "invariance", do_invariance, "Which factors the encoder kept and which it discarded: probes, stored with the run."
    )
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--epochs", choices=("last", "all"), default="last", help="the newest checkpoint, or all kept ones, too")
    sub.add_argument(
        "--space", choices=("features", "embedding", "both"), default="both", help="backbone, projector, or both (default)"
    )
    sub.add_argument("--again", action="store_true", help="measure anew what is stored already")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub.add_argument("--quiet", action="store_true", help="no progress bar and no news; warnings and errors stay")

    def epoch_option(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--epoch", type=int, metavar="N", help="the checkpoint kept of this epoch; 0 untrained, default the last")

    sub = command("embed", do_embed, "Features of every image, and a map of them, as .npz, .parquet or .csv, or as a folder.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="a file that ends in .npz, .parquet or .csv; a new folder"
    )
    sub.add_argument(
        "--format",
        choices=("fiftyone", "projector"),
        default="",
        help="a folder that FiftyOne imports (fiftyone.types.FiftyOneDataset), or a log directory for TensorBoard's projector",
    )
    sub.add_argument("--map", choices=KINDS, help=f"add 2-D coordinates: {', '.join(MAP_TITLES.values())}")
    sub.add_argument("--images", default="", metavar="PATH", help="other images than the run's own: a folder, an .npz file")
    sub.add_argument(
        "--epoch",
        type=epoch_or_all,
        metavar="N|all",
        help="the checkpoint kept of this epoch; 0 untrained, default the last. all: every embedding snapshot of the run, with a "
        "column epoch, and their maps laid on each other",
    )
    sub.add_argument("--quiet", action="store_true", help="no progress bar")

    sub = command("export", do_export, "The encoder for other programs; prints the lines of Python that load it.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help=".safetensors or .onnx")
    sub.add_argument("--library", metavar="NAME", help="torchvision, timm or parallax: whose names the safetensors have")
    epoch_option(sub)

    sub = command("masks", do_masks, "Masks of the objects in a run's photographs, from its own feature maps; other runs use them.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--out", type=Path, metavar="FOLDER", help="default: a folder masks in the folder of images")
    sub.add_argument("--quiet", action="store_true", help="no progress")
    epoch_option(sub)

    sub = command("translate", do_translate, "Translate the images of a folder with the generator of a run (CUT).")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--images", required=True, metavar="DIR", help="a folder of images, an .npz file, or a named set")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder for the translations, as .png")
    sub.add_argument("--size", type=int, default=0, metavar="PX", help="side of the images (default that of the run's views)")
    sub.add_argument("--overwrite", action="store_true", help="replace translations that are in the folder already")
    sub.add_argument("--quiet", action="store_true", help="no progress")
    epoch_option(sub)

    sub = command("views", do_views, "The very views that a step saw, as a picture.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--step", type=int, required=True, metavar="N", help="from 1 to the run's last step")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    sub.add_argument("--rows", type=int, default=16, metavar="N", help="images shown (default 16)")

    sub = command("leaderboard", do_leaderboard, "Train methods under the same budget and write one table.")
    sub.add_argument("--data", required=True, metavar="NAME|PATH")
    sub.add_argument("--minutes", type=float, required=True, metavar="M", help="a method and seed")
    sub.add_argument("--methods", default="all", metavar="ID,ID", help="which (default all)")
    sub.add_argument("--seeds", type=int, default=1, metavar="N", help="seeds 0 to N-1 (default 1)")
    sub.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="runs, table.md and table.csv; what is done there is not done again"
    )
    sub.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any key of the config, for every method")
    machine_options(sub)

    sub = command("runs", do_runs, "List the runs.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    runs_option(sub)
    return made
