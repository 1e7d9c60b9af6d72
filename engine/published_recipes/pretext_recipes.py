"""Published recipes of pretext tasks. Torch-free."""

from __future__ import annotations

from engine.published_recipes.recipe_row import ADAM, BY_256, RESNET50, PaperRecipe, crop, sgd, views

PRETEXT_RECIPES: tuple[PaperRecipe, ...] = (
    PaperRecipe(
        "inpainting",
        {
            "method": {"region": "random", "adversarial": 0.001, "judge_rate": 0.1, "width": 512, "judge_width": 64},
            "views": views("crop_flip", size=128, **crop(128, 350)),
            "data": {"size": 350},
            "optim": {"name": "adamw", "lr": 2e-3, "beta1": 0.5, "schedule": "constant", "warmup": 0.0, "weight_decay": 0.0},
            "train": {"batch": 64, "epochs": 500},
        },
        "train_random.lua:6-40, 136-186, 229-234 and README.md (its commands) of pathak22/context-encoder at 68abd11",
        "one GPU; 500 epochs",
        "",
        (ADAM, "25 epochs are the default of train.lua and train_random.lua"),
    ),
    PaperRecipe(
        "colorization",
        {
            "method": {"rebalance": 0.5, "detail": 4, "neighbours": 10, "sigma": 5.0, "width": 256},
            "views": views("crop_flip", size=176, **crop(176, 256)),
            "optim": {
                "name": "adamw",
                "lr": 3e-5,
                "beta1": 0.9,
                "beta2": 0.99,
                "weight_decay": 1e-3,
                "schedule": "step",
                "warmup": 0.0,
            },
            "train": {"batch": 40, "steps": 500000},
        },
        "train/solver.prototxt, models/colorization_train_val_v2.prototxt and resources/caffe_traininglayers.py of "
        "richzhang/colorization at 4aa459f",
        "ImageNet",
        "",
        (
            ADAM,
            "its rate falls to a tenth at steps 225,000 and 450,000; here at 60 % and 80 %",
            "10 neighbours in the code, 5 in the paper",
            "its encoder is a VGG of its own; here any",
        ),
    ),
    PaperRecipe(
        "exemplar_cnn",
        {
            "method": {"patch": 1 / 3, "classes": 8000, "out_dim": 1024, "translation": 0.2, "scale": 1.4, "rotation": 20.0},
            "views": views("none", size=32),
            "optim": {"name": "sgd", "lr": 0.01, "momentum": 0.9},
        },
        "1406.6909v2, Sec. 2 to 4, Fig. 3 and App. B, in page by page notes of it; no official code",
        "a Titan GPU, 9 days for the largest network; STL-10 without labels",
        "",
        (
            "the rate falls to a third wherever the validation error stays",
            "batch, decay of the weights and a number of epochs are not among what could be read",
            "100 or more samples of a patch are stored; here they are drawn",
            "its networks have three convolutions and one layer before the softmax; here any encoder, and two",
        ),
    ),
    PaperRecipe(
        "context_prediction",
        {
            "method": {
                "grid": 3,
                "gap": 0.5,
                "jitter": 14 / 96,
                "colours": "drop",
                "dropped": 1.0,
                "normalise": True,
                "hidden_dim": 4096,
            },
            "views": views("context_prediction", size=398, crop_min=1.0, flip=0.0),
            "backbone": {"name": "torchvision/alexnet"},
            "optim": {"name": "sgd", "momentum": 0.0, "weight_decay": 0.0, "schedule": "constant", "warmup": 0.0},
            "train": {"steps": 1000000},
        },
        "train.py:14-17, 54-86, 89-131, 153-234, 331 and README.md (length) of cdoersch/deepcontext at 5307282",
        "one GPU, 1,000,000 steps of ImageNet",
        "",
        (
            "its rate of 0.00001 is for the sum over the pairs of a batch, here a mean: left out",
            "up to 512 patches a step, of four grids an image, each as large as fits an image of 150,000 to 450,000 pixels; here "
            "one grid of 3 x 3 patches of 96 px",
            "a third of the patches is made smaller and large again",
            "its normalisation has no learned scale and shift",
        ),
    ),
    PaperRecipe(
        "jigsaw",
        {
            "method": {
                "permutations": 1000,
                "gap": 21 / 64,
                "jitter": 21 / 64,
                "puzzles": 1,
                "tile_dim": 1024,
                "hidden_dim": 4096,
            },
            "views": views("jigsaw", size=255, **crop(255, 256), flip=0.0),
            "backbone": {"name": "torchvision/alexnet"},
            "optim": sgd(0.01, 5e-4, schedule="step"),
            "train": {"batch": 256, "steps": 350000},
        },
        "solver_cfn_jps.prototxt and train_val_cfn_jps.prototxt of MehdiNoroozi/JigsawPuzzleSolver at 8c7ec09; 1603.09246, "
        "the paragraph on its training, in a transcription",
        "a Titan X GPU for 59.5 hours; ImageNet",
        "",
        (
            "its rate falls to a tenth at steps 100,000, 200,000 and 300,000",
            "a gap and a jitter of 21 of 64 px and 1,024 features of a tile in the code; 11 px and 512 in the paper",
            "its network has 1,000 outputs, and the list of orders beside it is named after 100",
            "dropout of 0.5 after the layers fc6 and fc7",
        ),
    ),
    PaperRecipe(
        "counting",
        {
            "method": {"margin": 10.0, "counts": 1000, "hidden_dim": 4096, "downsampling": "random"},
            "views": views("counting", **crop(224, 256), grayscale=0.67),
            "backbone": {"name": "torchvision/alexnet"},
        },
        "1708.06734, Sec. 4 and 5 and Eq. 3, in a transcription; no official code",
        "ImageNet",
        "",
        (
            "a rate of 0.0001 that falls to nine tenths each 10,000 steps: left out, as no optimiser is named with it",
            "batch, momentum, decay and length are not among what could be read",
            "each image has a mean of 0 and a deviation of 1",
        ),
    ),
    PaperRecipe(
        "rotation",
        {
            "views": views("crop_flip"),
            "backbone": {"name": "torchvision/alexnet"},
            "optim": sgd(0.1, 5e-4, schedule="step"),
            "train": {"batch": 192, "epochs": 50},
        },
        "config/ImageNet_RotNet_AlexNet.py of gidariss/FeatureLearningRotNet",
        "50 epochs of ImageNet",
        "",
        (
            "its rate falls to a tenth at epochs 15, 30 and 45",
            "Nesterov's momentum",
            "each image in all four turns, so that a step has 768",
        ),
    ),
    PaperRecipe(
        "jigsaw_clustering",
        {
            "method": {"temperature": 0.3, "overlap": 0.3, "clustering": 1.0, "location": 1.0, "out_dim": 128},
            "views": views("jigsaw_clustering"),
            "backbone": RESNET50,
            "optim": sgd(0.03, 1e-4, schedule="cosine"),
            "train": {"batch": 256, "epochs": 200},
        },
        "README and main.py of dvlab-research/JigsawClustering",
        "200 epochs of ImageNet",
    ),
    PaperRecipe(
        "pic",
        {
            "method": {"temperature": 0.2, "hidden_dim": 2048, "out_dim": 128, "norm": False},
            "views": views("simclr_imagenet", count=1),
            "backbone": RESNET50,
            "optim": sgd(0.03, 1e-4, 5 / 200, schedule="cosine"),
            "train": {"batch": 256, "epochs": 200, "order": "sliding_window", "window": 131072 / 1281167, "stride": 0.125},
        },
        "README.md, contrast/option.py:30-83 and contrast/data/transform.py:50-59 of bl0/PIC at 21fa56a",
        "4 GPUs; 200 epochs of ImageNet",
        BY_256,
        (
            "its softmax is over all images; here over as many as method.negatives has, 65,536",
            "scripts/PIC.sh: 400 epochs of one crop of 160 px and three of 96 px, which here no method of one size has",
        ),
    ),
)
