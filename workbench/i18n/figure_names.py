"""The titles of an evaluation's figures, in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.evaluate.task_table import figure_title

translate = QCoreApplication.translate


def figure_name(part: str) -> str:
    """The title of a figure in a row of a table; an unknown one has the engine's title."""
    return {
        "knn": translate("evaluate", "kNN, k = 20"),
        "knn_200": translate("evaluate", "kNN, k = 200"),
        "linear": translate("evaluate", "Linear probe"),
        "finetune_1": translate("evaluate", "Fine-tuned, 1 %"),
        "finetune_10": translate("evaluate", "Fine-tuned, 10 %"),
        "finetune_100": translate("evaluate", "Fine-tuned, all"),
        "image_to_image_1": translate("evaluate", "Image to image, R@1"),
        "image_to_image_5": translate("evaluate", "Image to image, R@5"),
        "zero_shot": translate("evaluate", "Zero-shot"),
        "image_to_text_1": translate("evaluate", "Image to text, R@1"),
        "image_to_text_5": translate("evaluate", "Image to text, R@5"),
        "text_to_image_1": translate("evaluate", "Text to image, R@1"),
        "text_to_image_5": translate("evaluate", "Text to image, R@5"),
        "multi_label_map": translate("evaluate", "Multi-label, mAP"),
        "regression_r2": translate("evaluate", "Regression, R²"),
        "segmentation_10_miou": translate("evaluate", "Segm. 10 %, mIoU"),
        "segmentation_10_objects": translate("evaluate", "Segm. 10 %, objects"),
        "segmentation_10_pixels": translate("evaluate", "Segm. 10 %, pixels"),
        "segmentation_miou": translate("evaluate", "Segmentation, mIoU"),
        "segmentation_objects": translate("evaluate", "Segmentation, objects"),
        "segmentation_pixels": translate("evaluate", "Segmentation, pixels"),
        "segmentation_tuned_10_miou": translate("evaluate", "Segm. tuned 10 %, mIoU"),
        "segmentation_tuned_10_objects": translate("evaluate", "Segm. tuned 10 %, objects"),
        "segmentation_tuned_10_pixels": translate("evaluate", "Segm. tuned 10 %, pixels"),
        "segmentation_tuned_miou": translate("evaluate", "Segm. tuned, mIoU"),
        "segmentation_tuned_objects": translate("evaluate", "Segm. tuned, objects"),
        "segmentation_tuned_pixels": translate("evaluate", "Segm. tuned, pixels"),
        "detection_10_ap": translate("evaluate", "Det. 10 %, AP"),
        "detection_10_ap50": translate("evaluate", "Det. 10 %, AP50"),
        "detection_10_ap75": translate("evaluate", "Det. 10 %, AP75"),
        "detection_10_ar": translate("evaluate", "Det. 10 %, AR"),
        "detection_ap": translate("evaluate", "Detection, AP"),
        "detection_ap50": translate("evaluate", "Detection, AP50"),
        "detection_ap75": translate("evaluate", "Detection, AP75"),
        "detection_ar": translate("evaluate", "Detection, AR"),
        "detection_tuned_10_ap": translate("evaluate", "Det. tuned 10 %, AP"),
        "detection_tuned_10_ap50": translate("evaluate", "Det. tuned 10 %, AP50"),
        "detection_tuned_10_ap75": translate("evaluate", "Det. tuned 10 %, AP75"),
        "detection_tuned_10_ar": translate("evaluate", "Det. tuned 10 %, AR"),
        "detection_tuned_ap": translate("evaluate", "Det. tuned, AP"),
        "detection_tuned_ap50": translate("evaluate", "Det. tuned, AP50"),
        "detection_tuned_ap75": translate("evaluate", "Det. tuned, AP75"),
        "detection_tuned_ar": translate("evaluate", "Det. tuned, AR"),
    }.get(part) or figure_title(part)


def short_name(part: str) -> str:
    """The short title of a figure, for a narrow column."""
    return {
        "knn": translate("evaluate", "kNN 20"),
        "knn_200": translate("evaluate", "kNN 200"),
        "linear": translate("evaluate", "Linear"),
        "finetune_1": translate("evaluate", "Tuned 1 %"),
        "finetune_10": translate("evaluate", "Tuned 10 %"),
        "finetune_100": translate("evaluate", "Tuned all"),
        "image_to_image_1": translate("evaluate", "I→I R@1"),
        "image_to_image_5": translate("evaluate", "I→I R@5"),
        "zero_shot": translate("evaluate", "Zero-shot"),
        "image_to_text_1": translate("evaluate", "I→T R@1"),
        "image_to_text_5": translate("evaluate", "I→T R@5"),
        "text_to_image_1": translate("evaluate", "T→I R@1"),
        "text_to_image_5": translate("evaluate", "T→I R@5"),
        "multi_label_map": translate("evaluate", "mAP"),
        "regression_r2": translate("evaluate", "R²"),
        "segmentation_10_miou": translate("evaluate", "mIoU 10 %"),
        "segmentation_10_objects": translate("evaluate", "Objects 10 %"),
        "segmentation_10_pixels": translate("evaluate", "Pixels 10 %"),
        "segmentation_miou": translate("evaluate", "mIoU"),
        "segmentation_objects": translate("evaluate", "Objects"),
        "segmentation_pixels": translate("evaluate", "Pixels"),
        "segmentation_tuned_10_miou": translate("evaluate", "mIoU tuned 10 %"),
        "segmentation_tuned_10_objects": translate("evaluate", "Objects tuned 10 %"),
        "segmentation_tuned_10_pixels": translate("evaluate", "Pixels tuned 10 %"),
        "segmentation_tuned_miou": translate("evaluate", "mIoU tuned"),
        "segmentation_tuned_objects": translate("evaluate", "Objects tuned"),
        "segmentation_tuned_pixels": translate("evaluate", "Pixels tuned"),
        "detection_10_ap": translate("evaluate", "AP 10 %"),
        "detection_10_ap50": translate("evaluate", "AP50 10 %"),
        "detection_10_ap75": translate("evaluate", "AP75 10 %"),
        "detection_10_ar": translate("evaluate", "AR 10 %"),
        "detection_ap": translate("evaluate", "AP"),
        "detection_ap50": translate("evaluate", "AP50"),
        "detection_ap75": translate("evaluate", "AP75"),
        "detection_ar": translate("evaluate", "AR"),
        "detection_tuned_10_ap": translate("evaluate", "AP tuned 10 %"),
        "detection_tuned_10_ap50": translate("evaluate", "AP50 tuned 10 %"),
        "detection_tuned_10_ap75": translate("evaluate", "AP75 tuned 10 %"),
        "detection_tuned_10_ar": translate("evaluate", "AR tuned 10 %"),
        "detection_tuned_ap": translate("evaluate", "AP tuned"),
        "detection_tuned_ap50": translate("evaluate", "AP50 tuned"),
        "detection_tuned_ap75": translate("evaluate", "AP75 tuned"),
        "detection_tuned_ar": translate("evaluate", "AR tuned"),
    }.get(part) or figure_title(part)
