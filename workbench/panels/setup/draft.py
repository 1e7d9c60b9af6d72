"""The settings of the next run: those that were touched in the form, over the method's recipe, over the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from engine.catalogue import Entry, methods
from engine.config.rates import automatic_rate
from engine.config.text import merge
from workbench.bridge.setup_questions import MethodForm
from workbench.forms.field import flat, get
from workbench.forms.form import Form

RATE_FOLLOWS = ("optim.name", "train.batch", "optim.accumulate")


def entry_of(id: str) -> Entry | None:
    """The catalogue's row of a method; None where there is none."""
    return next((entry for entry in methods() if entry.id == id), None)


class Draft:
    """Keeps what the form does not show: views, the method's recipe, and values that wait for the form of their method, which
    `described` takes."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._views: dict[str, Any] = {}
        self._recipe: dict[str, Any] = {}
        self._kept_method: dict[str, Any] = {}
        self._kept_rate: Any = None
        self._described = ""
        # The copy of the code of a person's own encoder, of the run whose settings these are.
        self._module: Mapping[str, Any] | None = None

    @property
    def method(self) -> str:
        """The id of the chosen method."""
        return str(self._form.value("method.id"))

    @property
    def ready(self) -> bool:
        """Whether the chosen method's own settings are in the form."""
        return self._described == self.method

    # Out

    def whole(self) -> dict[str, Any]:
        """The settings with the method's recipe, nested: what `engine.train.resolve` takes."""
        recipe = merge({}, self._recipe)
        recipe.get("optim", {}).pop("lr", None)  # follows the optimiser, also where a sweep takes several
        if not recipe.get("optim", True):
            del recipe["optim"]
        return self._with(recipe)

    def given(self) -> dict[str, Any]:
        """What was chosen by hand alone: the method's recipe is left to the method."""
        return self._with({})

    def views(self) -> dict[str, Any]:
        """The views, which may be a preset alone."""
        views = self.whole().get("views", {})
        return dict(views) if isinstance(views, Mapping) else {}

    def _with(self, under: Mapping[str, Any]) -> dict[str, Any]:
        given = merge(under, self._form.changes())
        hyper = {**self._kept_method, **given.get("method", {})}
        given["method"] = {**hyper, "id": self.method}
        given["data"] = {**given.get("data", {}), "source": self._form.value("data.source")}
        if self._views:
            given["views"] = deepcopy(self._views)
        if self._module is not None and self._module.get("name") == self._form.value("backbone.name"):
            given = merge(given, {"backbone": {"module": self._module}})
        return given

    def _defaults(self) -> dict[str, Any]:
        """The method's recipe, with the learning rate that the optimiser and the batch in the form have."""
        values = (self._form.value(key) for key in RATE_FOLLOWS)
        rate = automatic_rate(self._recipe, *values)
        return merge(self._recipe, {"optim": {"lr": rate.value}}) if rate is not None else self._recipe

    # In

    def set(self, draft: Mapping[str, Any]) -> None:
        """Show a config, complete or not; what it leaves out goes to the defaults. Afterwards the form of the method is missing
        where it is not `ready`."""
        draft = merge({}, draft) if isinstance(draft, Mapping) else {}
        method = draft.get("method", {})
        if not isinstance(method, Mapping):
            draft["method"] = method = {"id": method} if isinstance(method, str) else {}
        if not isinstance(draft.get("data", {}), Mapping):
            del draft["data"]
        if method.get("id", "simclr") == self.method:
            draft["method"] = method = self._with_groups(method)
        self.set_views(draft.get("views", {}))
        module = get(draft, "backbone.module")
        self._module = module if isinstance(module, Mapping) else None
        changed = method.get("id", "simclr") != self.method or not self._described
        if changed:
            self._recipe = {}
            self._form.set_defaults({})
        self._form.set_values(draft)
        # A rate that the config names stays, also where it would be another optimiser's default.
        self._form.set_defaults(self._defaults())
        rate = get(draft, "optim.lr")
        if rate is not None:
            self._form.set_value("optim.lr", rate)
        self._kept_rate = rate if changed else None
        # Hyper-parameters of a method whose form is still on its way wait for it.
        self._kept_method = {key: value for key, value in method.items() if key != "id"} if changed else {}
        if changed:
            self._described = ""

    def _with_groups(self, method: Mapping[str, Any]) -> dict[str, Any]:
        """A method's values with a run that a text alone names as the form has it: `teacher: FOLDER`."""
        known = set(self._form.keys())
        names = [key for key, value in method.items() if isinstance(value, str) and f"method.{key}.run" in known]
        return {**method, **{key: {"run": method[key]} for key in names}}

    def set_views(self, views: object) -> None:
        """Views as the Augmentation card has them: {"preset": ..., "groups": [...]}."""
        self._views = merge({}, views) if isinstance(views, Mapping) else {}

    def edited(self, key: str) -> None:
        """A person has changed a field: what depends on it follows."""
        if key == "method.id":
            # The views of the last method's recipe, and changes to them, are not this method's.
            self._views = {}
            self._kept_method = {}
            self._described = ""
        if key == "backbone.name":
            self._module = None  # the file is chosen as it is now
        if key in ("method.id", "optim.lr"):
            self._kept_rate = None
        if key in RATE_FOLLOWS:
            self._form.set_defaults(self._defaults())

    def described(self, answer: MethodForm) -> None:
        """The form of the chosen method has been put into the form: show its recipe, and the values that waited for it."""
        self._described = answer.id
        self._recipe = merge({}, answer.recipe)
        self._form.set_defaults(self._recipe)
        self._form.set_defaults(self._defaults())
        if self._kept_rate is not None:
            self._form.set_value("optim.lr", self._kept_rate)
        self._kept_rate = None
        known = set(self._form.keys())
        for key, value in flat(self._with_groups(self._kept_method), "method").items():
            if key in known:
                self._form.set_value(key, value)
        self._kept_method = {}
