"""The engine's errors and notes in the window's language. The engine writes them in English and imports no Qt.

A message is matched with templates, whose places {0}, {1} stand for what the message names; the template's translation gets the
same parts. An error has the form "X must be <allowed>. Got <value>. <remedy>"; its three parts are matched one by one, so that few
templates cover many errors. A message, or a sentence of it, that no template fits stays as it is. Titles of settings are in the
message already (`workbench.forms.setting_titles.with_titles`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

CONTEXT = "EngineMessages"
# Longer messages hold the text of a file or a traceback.
LONGEST = 2000

# What a value must be. The first that fits is taken.
ALLOWED: tuple[str, ...] = tuple(
    map(
        str,
        (
            QT_TRANSLATE_NOOP("EngineMessages", "at most {0}, the number of training images"),
            QT_TRANSLATE_NOOP("EngineMessages", "from 0 to {0}, for the encoder has {1} layers and the last is trained"),
            QT_TRANSLATE_NOOP("EngineMessages", "1 in a run that this process trains alone"),
            QT_TRANSLATE_NOOP("EngineMessages", "a multiple of the {0} devices ({1})"),
            QT_TRANSLATE_NOOP("EngineMessages", "at least {0}, two images for each of the {1} devices"),
            QT_TRANSLATE_NOOP("EngineMessages", "at most {0}, the devices of this machine ({1})"),
            QT_TRANSLATE_NOOP("EngineMessages", "an encoder whose code you have allowed to run on this computer"),
            QT_TRANSLATE_NOOP("EngineMessages", "a class that {0} has"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file whose code runs"),
            QT_TRANSLATE_NOOP("EngineMessages", "an encoder of an installed package"),
            QT_TRANSLATE_NOOP("EngineMessages", "an encoder that can be loaded"),
            QT_TRANSLATE_NOOP("EngineMessages", "a class of torch.nn.Module, or a function that makes one"),
            QT_TRANSLATE_NOOP("EngineMessages", "a world that knows its goals (visit, reach, catch), to plan in"),
            QT_TRANSLATE_NOOP("EngineMessages", "a run that was not distilled from another"),
            QT_TRANSLATE_NOOP("EngineMessages", "a run with a checkpoint"),
            QT_TRANSLATE_NOOP("EngineMessages", "the folder of a trained run, with a {0} in it"),
            QT_TRANSLATE_NOOP("EngineMessages", "the folder of a trained run, the teacher"),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} px, that of the views of the teacher ({1}.run)"),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} px, that of the teacher ({1}.run)"),
            QT_TRANSLATE_NOOP("EngineMessages", "a ViT that cuts its views into {0} x {1} patches"),
            QT_TRANSLATE_NOOP("EngineMessages", "a size that {0} takes"),
            QT_TRANSLATE_NOOP("EngineMessages", "an encoder whose library is installed, and {0} is not"),
            QT_TRANSLATE_NOOP("EngineMessages", "the name of an encoder of the installed {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "an encoder whose classifier this program can remove"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file that ends in {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file that exists"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file that holds a table of weights by name"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file with weights of this encoder"),
            QT_TRANSLATE_NOOP("EngineMessages", "weights that have every weight of the encoder"),
            QT_TRANSLATE_NOOP("EngineMessages", "weights that are all finite"),
            QT_TRANSLATE_NOOP("EngineMessages", "a safetensors file that is whole"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file of tensors and plain values"),
            QT_TRANSLATE_NOOP("EngineMessages", "a world of this program, for gymnasium is not installed"),
            QT_TRANSLATE_NOOP("EngineMessages", "an environment with discrete actions"),
            QT_TRANSLATE_NOOP("EngineMessages", "an environment that renders colour pictures"),
            QT_TRANSLATE_NOOP("EngineMessages", "gym: and an environment that can be made here"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set whose training images have labels of two classes or more, for {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "for views of {0} px, whose largest common patch is {1} px: {2} tokens an image"),
            QT_TRANSLATE_NOOP("EngineMessages", "such that an even number of patches lies across the image"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set of at least two classes, which kNN and linear probe tell apart"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set with labels in its {0} split, which kNN and linear probe ask for"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set with a box in its {0} images"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set that still holds test images of the run"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set that still holds images of the run"),
            QT_TRANSLATE_NOOP("EngineMessages", "the images that the run was trained on"),
            QT_TRANSLATE_NOOP("EngineMessages", "of the method and encoder in config.yaml"),
            QT_TRANSLATE_NOOP("EngineMessages", "readable and whole"),
            QT_TRANSLATE_NOOP("EngineMessages", "a folder with {0} GB free to write decoded images to"),
            QT_TRANSLATE_NOOP("EngineMessages", "an array of (N, H, W), (N, H, W, 1) or (N, H, W, 3), N above 0"),
            QT_TRANSLATE_NOOP("EngineMessages", "of type uint8"),
            QT_TRANSLATE_NOOP("EngineMessages", "one label an image"),
            QT_TRANSLATE_NOOP("EngineMessages", "whole numbers"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set that can be opened"),
            QT_TRANSLATE_NOOP("EngineMessages", "off for this kind of map"),
            QT_TRANSLATE_NOOP("EngineMessages", "a map that can be made here"),
            QT_TRANSLATE_NOOP("EngineMessages", "stopped before it is deleted"),
            QT_TRANSLATE_NOOP("EngineMessages", "written by one process at a time"),
            QT_TRANSLATE_NOOP("EngineMessages", "a name of 1 to {0} characters without '{1}'"),
            QT_TRANSLATE_NOOP("EngineMessages", "files or folders with images that can be read"),
            QT_TRANSLATE_NOOP("EngineMessages", "one whose method acts in a world"),
            QT_TRANSLATE_NOOP("EngineMessages", "of a method that translates images (cut)"),
            QT_TRANSLATE_NOOP("EngineMessages", "outside of the folder of images"),
            QT_TRANSLATE_NOOP("EngineMessages", "0 for {0}, which cannot skip blocks"),
            QT_TRANSLATE_NOOP("EngineMessages", "2 to {0} values"),
            QT_TRANSLATE_NOOP("EngineMessages", "of at most {0} runs"),
            QT_TRANSLATE_NOOP("EngineMessages", "each value once"),
            QT_TRANSLATE_NOOP("EngineMessages", "at least {0} and at most {1}"),
            QT_TRANSLATE_NOOP("EngineMessages", "at least {0} and below {1}"),
            QT_TRANSLATE_NOOP("EngineMessages", "above {0} and at most {1}"),
            QT_TRANSLATE_NOOP("EngineMessages", "above {0} and below {1}"),
            QT_TRANSLATE_NOOP("EngineMessages", "at least {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "at most {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "above {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "below {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "a multiple of {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "one of {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "a whole number"),
            QT_TRANSLATE_NOOP("EngineMessages", "a number"),
            QT_TRANSLATE_NOOP("EngineMessages", "a finite number"),
            QT_TRANSLATE_NOOP("EngineMessages", "true or false"),
            QT_TRANSLATE_NOOP("EngineMessages", "text"),
            QT_TRANSLATE_NOOP("EngineMessages", "given"),
            QT_TRANSLATE_NOOP("EngineMessages", "a list"),
            QT_TRANSLATE_NOOP("EngineMessages", "a group of keys"),
            QT_TRANSLATE_NOOP("EngineMessages", "the id of a method in the catalogue"),
            QT_TRANSLATE_NOOP("EngineMessages", "a method that can be loaded"),
            QT_TRANSLATE_NOOP("EngineMessages", "a {0} for {1} ({2})"),
            QT_TRANSLATE_NOOP("EngineMessages", "auto or a device of this machine ({0})"),
            QT_TRANSLATE_NOOP("EngineMessages", "a divisor of the views' side of {0} px ({1})"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set with {0}, which {1} needs"),
            QT_TRANSLATE_NOOP("EngineMessages", "0 for data without masks of their objects"),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "the name of a set, an existing folder of images or videos or an .npz or .tar file"
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "a folder of images or videos, an .npz or .tar file or the name of a set"),
            QT_TRANSLATE_NOOP("EngineMessages", "a folder with images or videos in it, directly or in a folder a class"),
            QT_TRANSLATE_NOOP("EngineMessages", "a pattern of tar files that exist"),
            QT_TRANSLATE_NOOP("EngineMessages", "a pattern of at most {0} tar files"),
            QT_TRANSLATE_NOOP("EngineMessages", "tar files with images in them"),
            QT_TRANSLATE_NOOP("EngineMessages", "tables with a column of images"),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "a folder of images or an .npz or .tar file, for pyarrow, which reads Arrow and Parquet, is not installed",
            ),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "a folder of images or an .npz file, for PyAV, which reads videos, is not installed"
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "a folder that can be read"),
            QT_TRANSLATE_NOOP("EngineMessages", "a folder that can be written to"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file that can be read"),
            QT_TRANSLATE_NOOP("EngineMessages", "a file that can be written"),
            QT_TRANSLATE_NOOP("EngineMessages", "a source with at least one image that can be read"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set with at least one image for each of training, validation and test"),
            QT_TRANSLATE_NOOP("EngineMessages", "a set that lies on this machine or can be downloaded"),
            QT_TRANSLATE_NOOP("EngineMessages", "an .npz file that is whole"),
            QT_TRANSLATE_NOOP("EngineMessages", "one with an embedding snapshot"),
            QT_TRANSLATE_NOOP("EngineMessages", "one whose checkpoint was kept: {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "a readable YAML file"),
            QT_TRANSLATE_NOOP("EngineMessages", "the images that the run began with"),
            QT_TRANSLATE_NOOP("EngineMessages", "0 for {0}"),
            QT_TRANSLATE_NOOP("EngineMessages", "1 for {0}"),
        ),
    )
)

# Sentences: remedies of errors, whole errors of other forms, and notes on data.
SENTENCES: tuple[str, ...] = tuple(
    map(
        str,
        (
            QT_TRANSLATE_NOOP("EngineMessages", "A run on several devices starts from the command line: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "It trains on one device: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Each device has as many images of a batch: set {0} to {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Raise {0}, or lower {1}."),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "Set it to a number that is here, start it on several machines with torchrun, or set {0} to cpu."
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "A run or config of somebody else can hold any code."),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "Read it (backbone.module.text in its config.yaml, or the file), and if you trust it: "
                "python -m engine trust RUN_OR_FILE",
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "Its modules: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Give its patches in {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Give it in {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Return the class token, or the mean of the tokens, in forward."),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "One file is copied into the run: what it imports must be installed, or in the file itself."
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "Install the package that has it."),
            QT_TRANSLATE_NOOP("EngineMessages", "Lower {0} or bring more images."),
            QT_TRANSLATE_NOOP("EngineMessages", "Choose another encoder."),
            QT_TRANSLATE_NOOP("EngineMessages", "Choose one, or train one first, for example by the method dino."),
            QT_TRANSLATE_NOOP("EngineMessages", "Leave out this part."),
            QT_TRANSLATE_NOOP("EngineMessages", "Leave out this part, or annotate images of this split."),
            QT_TRANSLATE_NOOP("EngineMessages", "Put the images back as they were, or train a new run on them."),
            QT_TRANSLATE_NOOP("EngineMessages", "Put the images back, or clone the run to train on the images as they are now."),
            QT_TRANSLATE_NOOP("EngineMessages", "Put them back, or train a new run."),
            QT_TRANSLATE_NOOP("EngineMessages", "Figures on them would count images that it has seen."),
            QT_TRANSLATE_NOOP("EngineMessages", "Copy or write the file again."),
            QT_TRANSLATE_NOOP("EngineMessages", "This machine ran out of memory."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} ran out of memory."),
            QT_TRANSLATE_NOOP("EngineMessages", "Lower {0}, the views' size or the backbone."),
            QT_TRANSLATE_NOOP("EngineMessages", "Arrays found: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "train_images is missing."),
            QT_TRANSLATE_NOOP("EngineMessages", "Name another folder in data.root, free space, or lower data.size."),
            QT_TRANSLATE_NOOP("EngineMessages", "Rename the folder, or link it under another name."),
            QT_TRANSLATE_NOOP("EngineMessages", "Tried {0}: {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Connect to the network, or put the files there by hand as {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} need no network, nor does a folder of images or an .npz file."),
            QT_TRANSLATE_NOOP("EngineMessages", "Add images."),
            QT_TRANSLATE_NOOP("EngineMessages", "Stop it first."),
            QT_TRANSLATE_NOOP("EngineMessages", "Stop it there, or wait until it has ended."),
            QT_TRANSLATE_NOOP("EngineMessages", "Write the missing captions, or move these images to another folder."),
            QT_TRANSLATE_NOOP("EngineMessages", "Take larger images, or lower {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Name a built-in set, a folder of images or an .npz file: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Take fewer values."),
            QT_TRANSLATE_NOOP("EngineMessages", "Put all its values into one list."),
            QT_TRANSLATE_NOOP("EngineMessages", "Use a run of this version."),
            QT_TRANSLATE_NOOP("EngineMessages", "Choose one of: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Change the views' sizes, or set {0} to {1} to train on so many."),
            QT_TRANSLATE_NOOP("EngineMessages", "Train curl or lewm in the world reach or catch."),
            QT_TRANSLATE_NOOP("EngineMessages", "Its predictions and embeddings need no goal, but its plans do."),
            QT_TRANSLATE_NOOP("EngineMessages", "Export without features."),
            QT_TRANSLATE_NOOP("EngineMessages", "Choose the kind umap-learn."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} is not a known key."),
            QT_TRANSLATE_NOOP("EngineMessages", "Known keys: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Did you mean '{0}'?"),
            QT_TRANSLATE_NOOP("EngineMessages", "Choose one of them."),
            QT_TRANSLATE_NOOP("EngineMessages", "Lower {0} or raise {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Use auto to take the best one."),
            QT_TRANSLATE_NOOP("EngineMessages", "Change {0} or the views' sizes."),
            QT_TRANSLATE_NOOP("EngineMessages", "Take more global views (the count of a group), or the preset {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Put a group of global views first."),
            QT_TRANSLATE_NOOP("EngineMessages", "Give these groups the same size."),
            QT_TRANSLATE_NOOP("EngineMessages", "Sets with {0}: {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "No named set has {0}."),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "A folder of images has them in a file captions.csv or metadata.jsonl, or in COCO's captions.",
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "Known sets: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "There is no such file or folder. Check the path."),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "There is no such file or folder in the working folder {0}; a relative path means another place elsewhere. "
                "Check the path.",
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "Files of this kind are not read."),
            QT_TRANSLATE_NOOP("EngineMessages", "There is none in it."),
            QT_TRANSLATE_NOOP("EngineMessages", "Formats of images: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "A folder of videos has them."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} files there could not be used, the first: {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "None of its {0} files could be. The first: {1}."),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "It holds {0} images, {1} of them different, which leaves none for {2}. Add images."
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "Save it as UTF-8."),
            QT_TRANSLATE_NOOP("EngineMessages", "Free some space on that disk or choose another, then try again."),
            QT_TRANSLATE_NOOP("EngineMessages", "Allow this program to write there or choose another place, then try again."),
            QT_TRANSLATE_NOOP("EngineMessages", "Look whether the folder was moved, renamed or deleted."),
            QT_TRANSLATE_NOOP("EngineMessages", "Choose another place."),
            QT_TRANSLATE_NOOP("EngineMessages", "No such file or directory."),
            QT_TRANSLATE_NOOP("EngineMessages", "Permission denied."),
            QT_TRANSLATE_NOOP("EngineMessages", "No space left on device."),
            QT_TRANSLATE_NOOP("EngineMessages", "Set {0} to keep more of a new run."),
            QT_TRANSLATE_NOOP("EngineMessages", "Snapshots: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Opening the data was cancelled. Choose other data, or these again, to open them."),
            QT_TRANSLATE_NOOP("EngineMessages", "All labelled images lie in one folder, {0}: taken as images without labels."),
            QT_TRANSLATE_NOOP("EngineMessages", "Each file is a clip: {0} frames, evenly over the whole length of the file."),
            QT_TRANSLATE_NOOP("EngineMessages", "Each file is a clip: {0} frames, evenly over the middle {1} seconds of the file."),
            QT_TRANSLATE_NOOP("EngineMessages", "UCF101: {0} clips of {1} videos."),
            QT_TRANSLATE_NOOP("EngineMessages", "Clips of one video stay in one split."),
            QT_TRANSLATE_NOOP("EngineMessages", "UCF101: groups 1 to {0} are the test split, as in its first official list."),
            QT_TRANSLATE_NOOP("EngineMessages", "The set lies deeper, in the folder {0}."),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "{0} holds folders named {1}, and is taken for a class. Name that folder to have the splits."
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "Images deeper than 8 bits are brought to 256 grey levels, all on one scale: {0}."),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "Colours of 16 bits are read with 8 bits: the lower half of each value is left out."
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "Folders of the operating system or a storage device are left out: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Links to folders whose images are read anyway are not followed: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Files of kinds that are not read are left out: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} files beside images could not be used: {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "A sample has one image here; further ones are left out: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Captions are read up to {0} characters together; later images have none."),
            QT_TRANSLATE_NOOP("EngineMessages", "All labelled images are of one class, {0}: taken as images without labels."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} of {1} images have no class."),
            QT_TRANSLATE_NOOP("EngineMessages", "Of {0} tar files: {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Of {0} tables: {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "Columns that are not read: {0}."),
            QT_TRANSLATE_NOOP("EngineMessages", "The first would be {0}."),
            QT_TRANSLATE_NOOP(
                "EngineMessages", "{0} test images are equal to a training or validation image: the set's own splits overlap."
            ),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "A run in a world has no pairs of views: it learns from what its agent met, not from views of the images.",
            ),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "The views of a step of a run in a world cannot be drawn again: what the agent met depends on its weights at that "
                "step.",
            ),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "A run in a world has no losses of single images: its loss is that of what the agent did.",
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "The {0} images have no labels: kNN on validation cannot be measured."),
            QT_TRANSLATE_NOOP("EngineMessages", "The {0} images have no labels: figures on the test split cannot be computed."),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "{0} classes of the {1} images ({2}) have no training image: {3} of {4} labelled {5} images are of classes that "
                "no kNN and no probe can name.",
            ),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "The set should have {0} images and has {1}: its copy is incomplete, delete it from the data folder to get it "
                "again.",
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} of {1} images have no caption in {2}."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} has no caption of any of the {1} images."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0}: {1} lines are left out, {2}."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0}: {1} files that it names are not among the images, {2}."),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} is not used: {1}."),
            QT_TRANSLATE_NOOP("EngineMessages", "The annotations ({0} MB) are read when the images are opened."),
            QT_TRANSLATE_NOOP(
                "EngineMessages",
                "The class of an image is the category of its objects, where all are of one: {0} of {1} images have one.",
            ),
            QT_TRANSLATE_NOOP("EngineMessages", "{0} holds {1} labels an image: taken as images without labels."),
            QT_TRANSLATE_NOOP("EngineMessages", "The file names {0} classes and has labels up to {1}: the names are not used."),
        ),
    )
)

# Words that stand alone in a part of a message.
WORDS: tuple[str, ...] = tuple(
    map(
        str,
        (
            QT_TRANSLATE_NOOP("EngineMessages", "train"),
            QT_TRANSLATE_NOOP("EngineMessages", "training"),
            QT_TRANSLATE_NOOP("EngineMessages", "validation"),
            QT_TRANSLATE_NOOP("EngineMessages", "test"),
            QT_TRANSLATE_NOOP("EngineMessages", "captions"),
            QT_TRANSLATE_NOOP("EngineMessages", "masks"),
            QT_TRANSLATE_NOOP("EngineMessages", "class maps"),
            QT_TRANSLATE_NOOP("EngineMessages", "boxes"),
            QT_TRANSLATE_NOOP("EngineMessages", "a world to act in"),
            QT_TRANSLATE_NOOP("EngineMessages", "none"),
            QT_TRANSLATE_NOOP("EngineMessages", "the last"),
            QT_TRANSLATE_NOOP("EngineMessages", "0 (untrained)"),
        ),
    )
)
ERROR = str(QT_TRANSLATE_NOOP("EngineMessages", "{0} must be {1}. Got {2}."))
COMMA = str(QT_TRANSLATE_NOOP("EngineMessages", ", "))
OR = str(QT_TRANSLATE_NOOP("EngineMessages", " or "))

# A quoted value may hold any sentence.
_VALUE = r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|[^\n]+?"
_ERROR = re.compile(rf"([^\n]+?) must be ([^\n]+?)\. Got ({_VALUE})\.(?: ([^\n]*))?")


def in_language(message: str) -> str:
    """An error or a note of the engine in the window's language, line by line; what is not known stays English."""
    if len(message) > LONGEST or _translated(ERROR) == ERROR:
        return message
    return "\n".join(_line(line) for line in message.split("\n"))


def _translated(template: str) -> str:
    return QCoreApplication.translate(CONTEXT, template)


def _line(line: str) -> str:
    error = _ERROR.fullmatch(line)
    if error is None:
        return _sentences(line)
    subject, allowed, got, remedy = error.groups()
    words = _filled(ALLOWED, allowed)
    if words is None:
        return line
    head = _translated(ERROR).format(subject, words, got)
    return f"{head}{_sentences(remedy)}" if remedy else head


def _sentences(text: str) -> str:
    """Known sentences at the beginning of a text, and the rest as it is."""
    for end in (*(match.end() for match in re.finditer(r"[.?] ", text)), len(text)):
        first = _filled(SENTENCES, text[:end].rstrip(" "))
        if first is not None:
            return first + _sentences(text[end:])
    return text


def _filled(templates: Sequence[str], text: str) -> str | None:
    """The translation of the first template that fits a text, with the text's parts in it; None where none fits."""
    for template in templates:
        match = _pattern(template).fullmatch(text)
        if match is not None:
            return _translated(template).format(*(_part(part) for part in match.groups()))
    return None


def _part(part: str) -> str:
    """A part of a message: a list of known words is translated, anything else stays."""
    words = re.split(r", | and | or ", part)
    if all(word in WORDS for word in words):
        return _translated(COMMA).join(_translated(word) for word in words)
    return re.sub(r"(?<=['\d]) or (?=['\d])", _translated(OR), part)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A template as a pattern: each place is any text without a line break, as short as it can be."""
    parts = re.split(r"\{\d\}", template)
    return re.compile("([^\n]+?)".join(re.escape(part) for part in parts))
