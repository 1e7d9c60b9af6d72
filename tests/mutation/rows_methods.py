"""Mistakes in the wiring of methods: which view predicts which target, what takes a gradient, what is frozen when, and in which
order memories move."""

from __future__ import annotations

from tests.mutation.table import Mutation

DISTILLATION = "tests/engine/methods/test_oracle_distillation.py"
CONTRASTIVE = "tests/engine/methods/test_oracle_contrastive.py"
MASKED = "tests/engine/methods/test_oracle_masked.py"
OTHERS = "tests/engine/methods/test_oracle_others.py"

SIMSIAM = f"{DISTILLATION}::test_simsiam_predicts_the_other_view_and_stops_the_gradient_at_its_target"
BYOL = f"{DISTILLATION}::test_byol_predicts_the_target_of_the_other_view"
TEACHERS = f"{DISTILLATION}::test_teachers_follow_by_the_published_schedule"
SWAV = f"{DISTILLATION}::test_swav_s_views_predict_the_code_of_another_view"
PROTOTYPES = f"{DISTILLATION}::test_swav_s_prototypes_are_frozen_at_the_start_and_stay_on_the_sphere"
LAST_LAYER = f"{DISTILLATION}::test_the_last_layer_is_frozen_at_the_start_and_free_afterwards"
DINO = f"{DISTILLATION}::test_dino_s_views_learn_the_sharpened_centred_output_of_the_other_large_views"
BLOCKS = f"{DISTILLATION}::test_the_student_alone_skips_blocks"
CENTRES = f"{DISTILLATION}::test_centres_move_after_the_step_by_the_teacher_that_spoke_in_it"
CLIP = f"{DISTILLATION}::test_gradients_are_clipped_one_parameter_at_a_time"
MOCO = f"{CONTRASTIVE}::test_moco_finds_its_key_among_the_keys_of_earlier_batches"
SWAPS = f"{CONTRASTIVE}::test_background_swaps_add_the_key_of_another_object_before_the_query_s_background"
MOCO_V3 = f"{CONTRASTIVE}::test_moco_v3_s_query_finds_the_key_of_the_other_view"
NNCLR = f"{CONTRASTIVE}::test_nnclr_replaces_a_view_by_its_neighbour_in_the_queue_and_predicts_it_from_the_other"
INSTDISC = f"{CONTRASTIVE}::test_instdisc_finds_its_row_among_those_of_all_images_and_moves_it_afterwards"
INSTDISC_NCE = f"{CONTRASTIVE}::test_instdisc_s_nce_parts_its_row_from_rows_drawn_at_random"
NCE = f"{CONTRASTIVE}::test_nce_parts_a_view_s_partner_from_views_of_other_images"
PARTNERS = f"{CONTRASTIVE}::test_each_view_finds_its_partner_among_the_views_of_other_images"
FLAT_NCE = f"{CONTRASTIVE}::test_flat_nce_shows_nt_xent_and_descends_the_decoupled_loss"
SIAMESE = f"{CONTRASTIVE}::test_siamese_pulls_two_views_of_an_image_and_pushes_two_images"
CMC = f"{CONTRASTIVE}::test_cmc_finds_the_colour_of_a_lightness_and_the_lightness_of_a_colour"
PIXCONTRAST = f"{CONTRASTIVE}::test_pixcontrast_s_cells_find_the_cells_of_the_other_view_at_the_same_place"
CPC = f"{CONTRASTIVE}::test_cpc_finds_the_patches_below_among_those_of_the_images_compared"
CPC_V2 = f"{CONTRASTIVE}::test_cpc_v2_looks_from_all_four_sides"
MAE = f"{MASKED}::test_mae_encodes_the_visible_patches_and_reconstructs_the_hidden"
SIMMIM = f"{MASKED}::test_simmim_reconstructs_raw_pixels_behind_a_learned_token"
BEIT = f"{MASKED}::test_beit_predicts_the_visual_tokens_of_the_hidden_patches_and_its_tokenizer_is_fixed"
TOKENIZER = f"{MASKED}::test_beit_s_first_stage_teaches_the_tokenizer_alone"
IBOT = f"{MASKED}::test_ibot_s_hidden_patches_learn_from_the_same_view_and_its_class_tokens_from_the_other"
IJEPA = f"{MASKED}::test_ijepa_predicts_the_teacher_s_features_of_blocks_outside_the_context"
CONVMAE = f"{MASKED}::test_convmae_reconstructs_what_each_mask_hides"
DEEP_MIM = f"{MASKED}::test_deep_mim_reconstructs_from_several_layers_and_adds_the_losses"
LOCAL_MIM = f"{MASKED}::test_local_mim_reconstructs_finer_cells_from_lower_layers"
QB_HEAT = f"{MASKED}::test_qb_heat_encodes_one_quarter_and_reconstructs_the_other_three"
BARLOW = f"{OTHERS}::test_barlow_twins_correlates_each_dimension_with_itself_across_views"
VICREG = f"{OTHERS}::test_vicreg_takes_variance_and_covariance_of_each_view_and_invariance_across_them"
LEJEPA = f"{OTHERS}::test_lejepa_s_views_predict_the_mean_of_the_large_ones_and_each_is_held_to_a_gaussian"
SUPCON = f"{OTHERS}::test_supcon_s_positives_are_the_views_of_the_class"
ROTATION = f"{OTHERS}::test_rotation_names_the_angle_of_each_of_four_turned_images"
JIGSAW = f"{OTHERS}::test_jigsaw_names_the_order_in_which_the_tiles_lie"
CONTEXT = f"{OTHERS}::test_context_prediction_names_the_side_on_which_a_neighbour_lies"
COUNTING = f"{OTHERS}::test_counting_compares_the_whole_with_its_parts_and_with_another_image"
EXEMPLAR = f"{OTHERS}::test_exemplar_cnn_names_the_seed_patch_of_each_sample"
PIC = f"{OTHERS}::test_pic_names_the_image_among_those_of_the_batch_and_those_met_last"
MONTAGE = f"{OTHERS}::test_jigsaw_clustering_gathers_the_patches_of_an_image_and_names_their_places"
MP3 = f"{OTHERS}::test_mp3_names_the_place_of_every_patch_from_those_in_the_context"
COLORIZATION = f"{OTHERS}::test_colorization_learns_the_soft_bins_of_the_colours_weighed_by_their_rarity"
INPAINTING = f"{OTHERS}::test_inpainting_paints_the_hole_and_its_discriminator_learns_apart"


def row(id: str, file: str, old: str, new: str, breaks: str, tests: str) -> Mutation:
    """A row of one test, whose source lies under engine/."""
    return Mutation(id, f"engine/{file}", old, new, breaks, (tests,))


ROWS = (
    row("simsiam-no-stop-gradient", "methods/distillation/simsiam.py", "(z1.detach(), z2.detach()) if", "(z1, z2) if",
        "a gradient flows into the target, and the network collapses", SIMSIAM),
    row("simsiam-own-target", "methods/distillation/simsiam.py", "(self.predictor(z1), t2)", "(self.predictor(z1), t1)",
        "a view predicts its own projection", SIMSIAM),
    row("byol-own-target", "methods/distillation/byol.py", "(self.predictor(z1), t2) + normalised_mse(self.predictor(z2), t1)",
        "(self.predictor(z1), t1) + normalised_mse(self.predictor(z2), t2)", "each view predicts the target of its own view",
        BYOL),
    row("byol-target-in-eval-mode", "methods/distillation/byol.py", "t1, t2 = self.target(v1)", "t1, t2 = self.target.eval()(v1)",
        "the target's batch normalisation does not use the batch", BYOL),
    row("byol-no-predictor", "methods/distillation/byol.py", "normalised_mse(self.predictor(z1), t2)", "normalised_mse(z1, t2)",
        "one of the two predictions does not use the predictor", BYOL),
    row("byol-momentum-constant", "methods/distillation/byol.py",
        "cosine_momentum(self.config.momentum, at.fraction)", "self.config.momentum",
        "the momentum is constant instead of rising to 1", TEACHERS),
    row("ema-the-wrong-way", "memory/teacher.py", "1.0 - momentum)", "momentum)",
        "teachers take 1 - m of themselves and m of the student", TEACHERS),
    row("momentum-falls", "memory/teacher.py", "(math.cos(math.pi * fraction) + 1.0)", "(1.0 - math.cos(math.pi * fraction))",
        "the momentum falls from 1 to its base", TEACHERS),
    row("swav-own-code", "methods/clustering/swav.py", "if w != v", "if w == v",
        "a view predicts its own code", SWAV),
    row("swav-queues-exchanged", "methods/clustering/swav.py", "= self.queues[view]", "= self.queues[1 - view]",
        "a view's code is made with the other view's queue", SWAV),
    row("swav-queue-at-once", "methods/clustering/swav.py", "at.fraction >= self.config.queue_from",
        "at.fraction < self.config.queue_from", "the queue is used before its start and not after", SWAV),
    row("swav-prototypes-frozen-late", "methods/clustering/swav.py", "at.fraction < self.config.freeze",
        "at.fraction >= self.config.freeze", "prototypes are frozen after the start in place of before", PROTOTYPES),
    row("swav-prototypes-off-the-sphere", "methods/clustering/swav.py", "        self.prototypes.normalise()\n", "",
        "prototypes are not normalised", PROTOTYPES),
    row("dino-last-layer-frozen-late", "methods/distillation/dino.py", "at.fraction < self.config.freeze_last",
        "at.fraction >= self.config.freeze_last", "the last layer is frozen after the start in place of before", LAST_LAYER),
    row("dino-own-view", "losses/distillation.py", "if i != j", "if i == j",
        "the student's large view learns from the teacher's output of the same view", DINO),
    row("dino-student-temperature-for-teacher", "methods/distillation/dino.py", "self.centre.value, self.temperature(at))",
        "self.centre.value, self.config.student_temperature)", "the teacher has the temperature of the student", DINO),
    row("dino-warm-up-backwards", "methods/distillation/dino.py",
        "ramp(config.warmup_teacher_temperature, config.teacher_temperature,",
        "ramp(config.teacher_temperature, config.warmup_teacher_temperature,",
        "the teacher's temperature warms up from its end to its start", DINO),
    row("centre-momentum-exchanged", "memory/centre.py", "1.0 - self.momentum", "self.momentum",
        "the centre takes nine tenths of the last batch", CENTRES),
    row("dino-teacher-skips-blocks", "backbones/vit.py", "part.drop_path = 0.0", "pass",
        "the teacher skips blocks at random", BLOCKS),
    row("dino-no-centring", "losses/distillation.py", "(logits.float() - centre)", "logits.float()",
        "the teacher's logits are not centred", DINO),
    row("ibot-last-layer-frozen-late", "methods/patch_distillation.py", "at.fraction < self.config.freeze_last",
        "at.fraction >= self.config.freeze_last", "the last layer is frozen after the start in place of before", LAST_LAYER),
    row("clip-all-together", "optim/clip.py", "            nn.utils.clip_grad_norm_([parameter], norm)",
        "            parameter.grad.clamp_(-norm, norm)", "gradients are clipped element by element", CLIP),
    row("ijepa-momentum-falls", "methods/masked/ijepa.py", "start + (1 - start) * at.fraction", "1 - (1 - start) * at.fraction",
        "the teacher's momentum falls", TEACHERS),
    row("pixcontrast-momentum-constant", "methods/contrastive/pixcontrast.py",
        "cosine_momentum(self.config.momentum, at.fraction)", "self.config.momentum",
        "the momentum does not rise", TEACHERS),
    row("moco-v3-own-keys", "methods/contrastive/moco_v3.py", "((z1, k2), (z2, k1))", "((z1, k1), (z2, k2))",
        "each view's query is compared with the keys of its own view", MOCO_V3),
    row("moco-v3-no-predictor", "methods/contrastive/moco_v3.py", "in_batch_logits(all_rows(self.predictor(z)), all_rows(k), tau)",
        "in_batch_logits(all_rows(z), all_rows(k), tau)", "queries do not use the predictor", MOCO_V3),
    row("moco-v2-key-of-own-view", "methods/momentum_contrast.py", "x_q, x_k = batch.views[:2]", "x_k = x_q = batch.views[0]",
        "query and key are of one view", MOCO),
    row("moco-v2-keys-enqueued-before-the-loss", "methods/momentum_contrast.py", "        logits = info_nce_logits(",
        "        self.queue.enqueue(k)\n        logits = info_nce_logits(", "the negatives of a query contain its own key",
        MOCO),
    row("moco-keys-not-unshuffled", "memory/momentum_keys.py", "[order.argsort()]", "[order]",
        "keys are in another order than their images", MOCO),
    row("background-swaps-left-out", "methods/contrastive/background_augmentation.py",
        "logits = torch.cat([logits, cosine / self.config.temperature], dim=1)", "logits = torch.cat([logits], dim=1)",
        "the key of another object before the same background is no negative", SWAPS),
    row("background-swaps-without-temperature", "methods/contrastive/background_augmentation.py",
        "cosine / self.config.temperature]", "cosine]", "the swapped negative is not divided by tau", SWAPS),
    row("background-of-the-wrong-side", "augment/backgrounds.py",
        "torch.where(objects.unsqueeze(1), own, ground)", "torch.where(objects.unsqueeze(1), ground, own)",
        "objects are replaced and backgrounds stay",
        "tests/engine/augment/test_backgrounds.py::test_objects_stay_and_all_else_is_the_background_of_another_image"),
    row("nnclr-own-prediction", "methods/contrastive/nnclr.py", "self.queue.vectors[neighbour1], p2,",
        "self.queue.vectors[neighbour1], p1,", "the neighbour of a view is predicted from the same view", NNCLR),
    row("instdisc-bank-momentum-exchanged", "memory/bank.py",
        "self.momentum * self.rows[at] + (1.0 - self.momentum) * z", "(1.0 - self.momentum) * self.rows[at] + self.momentum * z",
        "rows move by m instead of 1 - m", INSTDISC),
    row("instdisc-proximal-of-unseen-rows", "methods/contrastive/instdisc.py", "(self.bank.visits[own] > 0)",
        "(self.bank.visits[own] >= 0)", "the proximal term uses bank rows that are still random", INSTDISC_NCE),
    row("nce-noise-of-own-image", "methods/contrastive/nce.py", "torch.randint(1, n,", "torch.randint(0, n,",
        "noise may be of the image itself", NCE),
    row("negatives-of-own-pair", "losses/candidates.py", "~torch.eye(n, dtype=torch.bool, device=device).repeat(2, 2)",
        "~torch.eye(2 * n, dtype=torch.bool, device=device)",
        "an image's other view is among its negatives", PARTNERS),
    row("siamese-pairs-one-image", "methods/contrastive/siamese.py", "distance(z1, z2), distance(z1, z2[other])",
        "distance(z1, z2), distance(z1[other], z2[other])",
        "negative pairs are of one image", SIAMESE),
    row("cmc-one-direction", "methods/contrastive/cmc.py", "in_batch_nce(logits.t())", "in_batch_nce(logits)",
        "only one of the two directions is in the loss", CMC),
    row("cpc-next-row", "heads/context.py", "return range(skip + 1, last + 1)", "return range(skip, last)",
        "the skipped row is predicted, which shares its pixels with the context", CPC),
    row("cpc-v2-truth-not-turned", "methods/contrastive/cpc_v2.py", "truth = turned(target, side)", "truth = target",
        "for three of four directions the target is another patch", CPC_V2),
    row("pixcontrast-own-cells", "methods/contrastive/pixcontrast.py", "pixel_contrast(x1, y2, positive, tau)",
        "pixel_contrast(x1, y1, positive, tau)", "a view's cells are compared with those of the same view", PIXCONTRAST),
    row("pixcontrast-positives-not-transposed", "methods/contrastive/pixcontrast.py", "positive.transpose(1, 2), tau)",
        "positive, tau)", "the second direction takes the first one's positives", PIXCONTRAST),
    row("flat-nce-with-positive", "losses/decoupled.py", "torch.logsumexp(negative - positive[:, None], dim=1)  # (2N,)",
        "F.softplus(torch.logsumexp(negative - positive[:, None], dim=1))",
        "the positive is among the candidates, as in InfoNCE", FLAT_NCE),
    row("mae-loss-on-visible", "methods/masked/mae.py", "self._target(x), mask.hidden.float()",
        "self._target(x), 1.0 - mask.hidden.float()", "the loss is taken on the visible patches", MAE),
    row("mae-target-not-normalised", "methods/masked/mae.py", "if self.config.normalise_pixels else patches\n\n    def _mask",
        "if not self.config.normalise_pixels else patches\n\n    def _mask", "normalise_pixels has the opposite effect",
        MAE),
    row("mask-inverted", "augment/masking.py", "return Mask(order[:, :visible], restore >= visible, restore)",
        "return Mask(order[:, :visible], restore < visible, restore)", "hidden and visible are exchanged", MAE),
    row("simmim-loss-on-visible", "methods/masked/simmim.py", "counted = hidden if", "counted = ~hidden if",
        "the loss is taken on the visible patches", SIMMIM),
    row("beit-tokens-of-visible", "methods/masked/beit.py", "self.classifier(tokens[:, 1:][hidden])",
        "self.classifier(tokens[:, :-1][hidden])", "each hidden patch is predicted from the token before it", BEIT),
    row("beit-temperature-of-the-run", "methods/masked/beit.py",
        "ramp(config.temperature, config.final_temperature, config.tokenizer_share,",
        "ramp(config.temperature, config.final_temperature, 1.0,", "the temperature falls over the run and not over the stage",
        TOKENIZER),
    row("ibot-centres-exchanged", "methods/masked/ibot.py", "[:, 1:][hidden], self.patch_centre.value,",
        "[:, 1:][hidden], self.centre.value,", "patches are centred by the class token's centre", IBOT),
    row("ibot-patches-unweighted", "methods/patch_distillation.py", "config.patch_weight * patch_loss", "patch_loss",
        "the weight of the patches is not used", IBOT),
    row("ijepa-targets-of-student", "methods/masked/ijepa.py", "normalised_features(self.encoder.tokens(x)",
        "normalised_features(self.backbone.tokens(x)", "the targets are the student's own features", IJEPA),
    row("convmae-mask-of-another-fold", "augment/masking.py", "turned = (restore - fold * size) % patches",
        "turned = (restore - (fold + 1) * size) % patches", "each fold's hidden patches are another fold's", CONVMAE),
    row("deep-mim-layer-below", "methods/masked/deep_mim.py", "sources = [*(depths[layer - 1]",
        "sources = [*(depths[layer - 2]", "the decoders use the layers below", DEEP_MIM),
    row("local-mim-norms-in-reverse", "methods/masked/local_mim.py", "norm(depths[layer - 1])", "norm(depths[-layer])",
        "fine cells are predicted from the upper layers", LOCAL_MIM),
    row("qb-heat-corners-exchanged", "methods/masked/qb_heat.py", "quarter.lower, quarter.right))",
        "quarter.right, quarter.lower))", "features are continued from the wrong corner", QB_HEAT),
    row("jigsaw-order-shifted", "methods/pretext/jigsaw.py", "ordered = z[rows, self.orders[order]]",
        "ordered = z[rows, self.orders[order - 1]]", "the tiles are in another order than the target", JIGSAW),
    row("rotation-angles-exchanged", "methods/pretext/rotation.py", "torch.rot90(images, k, (2, 3)) for k in range(4)",
        "torch.rot90(images, -k, (2, 3)) for k in range(4)", "the labels of 90 and 270 degrees are exchanged", ROTATION),
    row("context-first-and-second-exchanged", "methods/pretext/context_prediction.py", "[h[:, first], h[:, second]]",
        "[h[:, second], h[:, first]]", "the answer is the side on which the first lies", CONTEXT),
    row("counting-other-is-itself", "methods/pretext/counting.py", "own_rows(all_rows(whole).roll(1, 0)), self.config.margin",
        "whole, self.config.margin", "the other image is the image itself", COUNTING),
    row("exemplar-labels-by-sample", "methods/pretext/exemplar_cnn.py", ".repeat(self.config.samples)",
        ".repeat_interleave(self.config.samples)", "samples have the labels of other seed patches", EXEMPLAR),
    row("pic-met-never-noted", "methods/pretext/pic.py", "self.classes.mark_seen(out.memory[",
        "self.classes.mark_seen(0 * out.memory[",
        "the recently seen images are never recorded", PIC),
    row("jigsaw-clustering-cell-of-montage", "augment/montage.py", "source=order % n, cell=order // n",
        "source=order // len(patches), cell=order % len(patches)", "image and cell of a patch are read from the wrong axis",
        MONTAGE),
    row("mp3-sees-all", "methods/pretext/mp3.py", "self.backbone.tokens(x, context=context)", "self.backbone.tokens(x)",
        "all patches are attended to, not the context alone", MP3),
    row("colorization-frequency-of-this-batch", "methods/pretext/colorization.py", "(own - self.often) / batches",
        "(own - self.often)",
        "class weights depend only on the last batch", COLORIZATION),
    row("inpainting-gradient-through-the-discriminator", "methods/pretext/inpainting.py", "generated.detach()",
        "generated",
        "the discriminator's loss has a gradient in the generator", INPAINTING),
    row("vicreg-one-view", "losses/variance_covariance.py", "(_hinge(z1) + _hinge(z2)) / 2", "_hinge(z1)",
        "the variance term uses only one view", VICREG),
    row("barlow-one-view", "methods/decorrelation/barlow_twins.py", "cross_correlation(z1, z2)", "cross_correlation(z1, z1)",
        "each dimension is correlated within one view", BARLOW),
    row("lejepa-centre-of-all-views", "methods/mean_prediction.py", "centre = z[:seen].mean(0)", "centre = z.mean(0)",
        "small views are part of the centre", LEJEPA),
    row("supcon-own-image-alone", "losses/sup_con.py", "labels = torch.where(labels < 0, alone, labels)", "labels = alone",
        "the labels are not used", SUPCON),
)  # fmt: skip
