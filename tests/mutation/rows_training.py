"""Mistakes in the wiring of training: the step, the optimiser, the schedule, and what is measured while a run goes on."""

from __future__ import annotations

from tests.mutation.table import Mutation

STEP = "tests/engine/train/test_step_wiring.py"
FORMULAS = f"{STEP}::test_three_steps_equal_the_formulas"
DECAY = f"{STEP}::test_matrices_have_decay_and_vectors_and_excepted_groups_have_none"
RATES = f"{STEP}::test_separate_rates_are_passed_to_the_optimiser"
ORDER = f"{STEP}::test_every_hook_of_a_step_gets_the_same_progress"
TEACHER = f"{STEP}::test_the_teacher_is_updated_with_the_weights_after_the_step"
MEMORIES = "tests/engine/methods/test_pure_forward.py::test_every_accumulated_batch_is_enqueued_once_and_in_order"
DRAWS = f"{STEP}::test_random_numbers_of_torch_and_of_the_batch_s_generator_depend_on_the_step"
ROUND_TRIP = "tests/engine/methods/test_conformance.py::test_state_is_saved_and_loaded_in_the_middle_of_a_run[moco_v2]"
HELD = f"{STEP}::test_frozen_parameters_are_not_changed_by_the_step"
EPOCH = f"{STEP}::test_an_epoch_s_loss_is_the_mean_over_its_steps"
MONITOR = "tests/engine/train/test_monitor_wiring.py"
KNN = f"{MONITOR}::test_knn_classifies_validation_images_with_the_current_kept_encoder"
SNAPSHOTS = f"{MONITOR}::test_snapshots_are_the_encoder_s_features_of_training_and_validation_images"
SPLITS = f"{MONITOR}::test_the_splits_on_which_a_run_s_measurements_depend"
RHYTHM = f"{MONITOR}::test_evaluations_have_the_given_interval_and_include_the_last_epoch"
CLIP = "nn.utils.clip_grad_norm_(moved, optim.clip)"
STAGES = "tests/engine/train/test_stages.py"
OWN_OPTIMISER = f"{STAGES}::test_a_stage_has_its_own_optimiser_values"
FEW_LABELS = f"{STAGES}::test_a_labelled_stage_trains_on_the_few_and_knows_no_other_label"
LOOP, MONITOR_FILE = "engine/train/loop.py", "engine/train/monitor.py"

ROWS = (
    Mutation("accumulate-not-divided", LOOP, "(out.loss / count).backward()", "out.loss.backward()",
             "accumulated gradients are added up and not averaged", (FORMULAS,)),
    Mutation("clip-ignored", LOOP, CLIP, "pass",
             "the setting of the norm is not used", (FORMULAS,)),
    Mutation("clip-after-the-step", LOOP,
             f"    if optim.clip:\n        {CLIP}\n    optimiser.step()\n",
             f"    optimiser.step()\n    if optim.clip:\n        {CLIP}\n",
             "gradients are clipped after the step", (FORMULAS,)),
    Mutation("stage-optimiser-not-used", "engine/train/setup.py",
             "self.own_optimisers.get(turn.name or self.span.name, self.optimiser)", "self.optimiser",
             "a stage trains with the optimiser of the whole run", (OWN_OPTIMISER,)),
    Mutation("every-label-given", "engine/train/known_labels.py", "    known[dataset.splits[\"train\"]] = -1\n", "",
             "a method of few labels is given all", (FEW_LABELS,)),
    Mutation("schedule-off-by-one", LOOP, "return session.step - span.first", "return session.step + 1 - span.first",
             "each step has the rate of the next", (FORMULAS,)),
    Mutation("warm-up-from-zero", "engine/optim/schedule.py", "return (step + 1) / (warm + 1)", "return step / warm",
             "the first step has a rate of 0", (FORMULAS,)),
    Mutation("gradients-kept", LOOP, "    method.zero_grad(set_to_none=True)\n", "",
             "a step adds its gradients to those of the step before", (FORMULAS,)),
    Mutation("eval-mode-in-training", LOOP, "    method.train()\n", "    method.eval()\n",
             "batch normalisation uses its running statistics in training", (FORMULAS,)),
    Mutation("decay-of-vectors", "engine/optim/optimisers.py", "config.weight_decay if decays and allowed else 0.0",
             "config.weight_decay if allowed else 0.0", "weight decay applies to biases and normalisation", (DECAY,)),
    Mutation("decay-exceptions-ignored", "engine/optim/optimisers.py", "config.weight_decay if decays and allowed else 0.0",
             "config.weight_decay if decays else 0.0", "weight decay applies to groups that a method excludes", (DECAY,)),
    Mutation("fixed-rate-ignored", "engine/optim/schedule.py", '(1.0 if group["fixed"] else factor)', "factor",
             "a learning rate that should be constant follows the schedule", (RATES,)),
    Mutation("rate-scale-ignored", "engine/optim/optimisers.py", 'rate = config.lr * scale * (',
             'rate = config.lr * (', "a method's scale of the learning rate is not used", (RATES,)),
    Mutation("after-backward-never-called", LOOP, "    method.after_backward(at)\n", "",
             "a method cannot change gradients after the backward pass", (HELD,)),
    Mutation("teacher-before-the-step", LOOP,
             "    optimiser.step()\n    method.zero_grad(set_to_none=True)\n    method.after_step(at, *outs)\n",
             "    method.after_step(at, *outs)\n    optimiser.step()\n    method.zero_grad(set_to_none=True)\n",
             "teachers are updated with the weights before the step", (TEACHER,)),
    Mutation("last-accumulated-batch-alone", LOOP, "method.after_step(at, *outs)", "method.after_step(at, outs[-1])",
             "memories take only the last of the accumulated batches", (MEMORIES,)),
    Mutation("epoch-mean-of-all-steps", LOOP,
             "session.seconds))\n            session.losses.clear()\n", "session.seconds))\n",
             "an epoch's loss is the mean of the run so far", (EPOCH,)),
    Mutation("fraction-of-the-last-step", "engine/method.py", "return self.step / max(1, self.steps) if",
             "return (self.step + 1) / max(1, self.steps) if", "schedules of methods are a step ahead", (ORDER,)),
    Mutation("one-seed-for-all-steps", LOOP, 'generator_for(config.train.seed, "step", session.step)',
             'generator_for(config.train.seed, "step", 0)', "dropout drops the same in every step", (DRAWS,)),
    Mutation("one-mask-for-all-steps", "engine/train/batches.py", 'generator_for(self.seed, "method", step)',
             'generator_for(self.seed, "method", 0)', "a method draws the same masks in every step", (DRAWS,)),
    Mutation("one-order-for-all-epochs", "engine/data/sampler.py", "order = self._permuted(self._index, number)",
             "order = self._permuted(self._index, 0)", "every epoch has the same batches", ("tests/engine/data/test_sampler.py",)),
    Mutation("moments-not-restored", "engine/train/checkpoint.py",
             "            _load_optimiser(optimiser, saved)\n", "            pass\n",
             "a resumed run begins with an optimiser without moments", (ROUND_TRIP,)),
    Mutation("step-not-restored", "engine/train/checkpoint.py", "session.step, session.seconds = step, seconds",
             "session.seconds = seconds", "a resumed run starts its schedules and its data again", (ROUND_TRIP,)),
    Mutation("losses-of-the-epoch-not-restored", "engine/train/checkpoint.py",
             "session.losses = list(losses.float().to(session.batches.device))", "session.losses = []",
             "after a resume the mean of the epoch covers only its end",
             ("tests/engine/train/test_resume.py::test_a_resumed_run_s_epochs_have_the_values_of_an_uninterrupted_run",)),
    Mutation("knn-of-test-images", "engine/evaluate/knn.py", 'validation = dataset.splits["validation"]',
             'validation = dataset.splits["test"]', "the curve shows the test split", (SPLITS,)),
    Mutation("knn-bank-of-validation", "engine/evaluate/knn.py", 'train = dataset.splits["train"]',
             'train = dataset.splits["validation"]', "the kNN bank contains the validation images themselves", (KNN,)),
    Mutation("knn-of-the-student", MONITOR_FILE, "session.step, session.method.encoder", "session.step, session.method.backbone",
             "the student is evaluated instead of the teacher", (KNN,)),
    Mutation("snapshots-of-test-images", MONITOR_FILE, '[dataset.splits["validation"], dataset.splits["train"]]',
             '[dataset.splits["test"], dataset.splits["train"]]', "snapshots show test images", (SNAPSHOTS,)),
    Mutation("pictures-of-test-images", MONITOR_FILE, 'dataset.splits["validation"][:PICTURES]',
             'dataset.splits["test"][:PICTURES]', "pictures show test images", (SPLITS,)),
    Mutation("task-of-test-images", MONITOR_FILE, 'self.judged = dataset.splits["validation"][',
             'self.judged = dataset.splits["test"][',
             "the task's curve is of the test split", (SPLITS,)),
    Mutation("labels-of-other-rows", MONITOR_FILE, "session.dataset.labels[self.sample]",
             "session.dataset.labels[: len(self.sample)]", "a snapshot's labels are not those of its rows", (SNAPSHOTS,)),
    Mutation("no-look-at-the-end", MONITOR_FILE, "if over or due:", "if due:", "a run is not evaluated at its end",
             (RHYTHM,)),
    Mutation("images-not-normalised", "engine/embed/features.py", "return (images - mean) / std", "return images - mean",
             "the encoder gets images that are not normalised", (SNAPSHOTS,)),
)  # fmt: skip
