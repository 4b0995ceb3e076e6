"""Find the models of a project, and refuse to mistake an error for a project without any."""

import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import peewee as pw

from .errors import MigrationError

Model = type[pw.Model]


def models_of(auto: Any, folder: Path) -> list[Model]:
    """The models that `auto` names: classes, modules or their names, or True for the project's."""
    wanted = list(auto) if isinstance(auto, list | tuple | set) else [auto]
    if all(is_model(item) for item in wanted):
        return with_through_models(unique(wanted))
    root = str(folder.resolve().parent)
    for path in (os.getcwd(), root):
        if path not in sys.path:
            sys.path.insert(0, path)
    found: list[Model] = []
    for item in wanted:
        if is_model(item):
            found.append(item)
            continue
        for module in modules_named(item if item is not True else project_module(root)):
            found += [value for value in vars(module).values() if is_model(value)]
    return with_through_models(without_bases(unique(found)))


def is_model(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, pw.Model) and value is not pw.Model


def unique(models: Iterable[Model]) -> list[Model]:
    return list(dict.fromkeys(models))


def project_module(root: str) -> str:
    """The module that has a project's models: models.py, models/, or the one package with it."""
    places = [Path(root), *sorted(path for path in Path(root).iterdir() if path.is_dir())]
    found = [
        "models" if place == places[0] else f"{place.name}.models"
        for place in places
        if (place / "models.py").is_file() or (place / "models" / "__init__.py").is_file()
    ]
    if found[:1] == ["models"] or len(found) == 1:
        return found[0]
    if not found:
        raise MigrationError(
            f"there is no models.py in {root}: name the module with --auto-source (auto=…)"
        )
    raise MigrationError(f"{', '.join(found)}: name the one to read with --auto-source (auto=…)")


def modules_named(name: str | ModuleType) -> list[ModuleType]:
    """A module and, of a package, all modules in it; whatever fails to import is an error."""
    module = name if isinstance(name, ModuleType) else imported(name)
    out = [module]
    if hasattr(module, "__path__"):
        out += [
            imported(info.name)
            for info in pkgutil.walk_packages(module.__path__, f"{module.__name__}.")
            if not info.name.endswith(".__main__")
        ]
    return out


def imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise MigrationError(
            f"{name} cannot be imported: {type(error).__name__}: {error}"
        ) from error


def without_bases(models: list[Model]) -> list[Model]:
    """Leave out classes that are only there to be inherited from."""
    return [model for model in models if not is_base(model, models)]


def is_base(model: Model, models: list[Model]) -> bool:
    """Whether a class is a base and no table.

    It is if others inherit from it and nothing points to it or names its table; and if it is called
    a base and has no field of its own.
    """
    meta = model._meta
    own = [field for field in meta.sorted_fields if type(field) is not pw.AutoField]
    if not own and not names_its_table(model) and not meta.backrefs and looks_like_base(model):
        return True
    inherited = any(issubclass(other, model) and other is not model for other in models)
    return inherited and not names_its_table(model) and not meta.backrefs


def looks_like_base(model: Model) -> bool:
    return re.fullmatch(r"_*(Base\w*|\w*Base|(\w*Base)?Model)", model.__name__) is not None


def names_its_table(model: Model) -> bool:
    meta = model._meta
    made = meta.table_function(model) if meta.table_function else meta.make_table_name()
    return meta.table_name != made


def with_through_models(models: list[Model]) -> list[Model]:
    """Add the tables behind many-to-many fields, which no module names."""
    out = list(models)
    for model in models:
        for field in model._meta.manytomany.values():
            through = field.through_model
            if is_model(through) and through not in out:
                out.append(through)
    return out
