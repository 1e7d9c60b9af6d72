"""Published recipes of image translation, worlds and captions. Torch-free."""

from __future__ import annotations

from engine.published_recipes.recipe_row import ADAM, VIT_B, PaperRecipe, adamw, views

OTHER_RECIPES: tuple[PaperRecipe, ...] = (
    PaperRecipe(
        "cut",
        {
            "method": {
                "contrast": 1.0,
                "identity": True,
                "adversarial": 1.0,
                "flip_equivariance": False,
                "temperature": 0.07,
                "patches": 256,
                "out_dim": 256,
                "width": 64,
                "blocks": 9,
                "discriminator_width": 64,
            },
            "views": views("translation", size=256),
            "optim": {
                "name": "adamw",
                "lr": 2e-4,
                "beta1": 0.5,
                "beta2": 0.999,
                "weight_decay": 0.0,
                "schedule": "linear",
                "warmup": 0.0,
            },
            "data": {"size": 286},
            "train": {"batch": 2, "epochs": 400},
        },
        "options/train_options.py, base_options.py and models/cut_model.py of taesungp/contrastive-unpaired-translation",
        "one GPU; 400 epochs of horse2zebra",
        "",
        ("one image a step; here at least two", ADAM),
    ),
    PaperRecipe(
        "lewm",
        {
            "method": {
                "weight": 0.09,
                "history": 3,
                "slices": 1024,
                "out_dim": 192,
                "hidden_dim": 2048,
                "width": 192,
                "depth": 6,
                "dropout": 0.1,
            },
            "views": views("none"),
            "backbone": {"name": "vit_tiny", "patch": 14},
            "optim": adamw(5e-5, 1e-3, 0.05, clip=1.0),
            "train": {"batch": 128, "epochs": 100},
        },
        "config/train/lewm.yaml and config/train/model/lewm.yaml of lucas-maes/le-wm at 300c4c2, train.py at 00f4823",
        "one GPU; recorded episodes of each world, 100 epochs",
        "",
        (
            "a weight of 0.1 in the paper, 0.09 in the code",
            "a linear warm-up whose length its config does not name",
            "16 heads of 64 in its predictor, here 4 of 48; one picture in five is seen",
            "the settings of its plans: not read",
        ),
    ),
    PaperRecipe(
        "clip",
        {
            "method": {
                "objective": "clip",
                "out_dim": 512,
                "text_width": 512,
                "text_depth": 12,
                "text_heads": 8,
                "text_length": 76,
            },
            "views": views("clip"),
            "backbone": VIT_B,
            "optim": adamw(5e-4, 0.2, 2000 / 390625, beta2=0.98),
            "train": {"batch": 32768, "epochs": 32},
        },
        "2103.00020, Sec. 2.5 and Tables 18 and 20 (ViT-B/16), in transcriptions; the official code does not train",
        "400 million pairs of images and texts, which are not public",
        "",
        (
            "49,152 byte pairs; here words of the captions",
            "a warm-up of 2,000 steps, here its share of 32 epochs of 400 million pairs",
            "an epsilon of 1e-6 in Adam; a normalisation before the first block",
        ),
    ),
)
