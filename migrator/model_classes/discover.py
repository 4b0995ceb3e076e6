"""Find the models of a project, and refuse to mistake an error for a project without any."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import peewee as pw

from ..errors import MigrationError
from .orm import table_name

Model = type[pw.Model]


def models_of(
    auto: Any, folder: Path, known: Container[str], tell: Callable[[str], object]
) -> list[Model]:
    """Return the models that `auto` names: classes, modules or their names; True for the project's.

    A class whose table is `known` is no base, whoever inherits from it; of a base that may be meant
    as a table, `tell` is told.
    """
    wanted = list(auto) if isinstance(auto, list | tuple | set) else [auto]
    if all(is_model(item) for item in wanted):
        return with_through_models([model for model in dict.fromkeys(wanted) if not is_bare(model)])
    roots = [Path.cwd(), folder.resolve().parent]
    for root in roots:
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
    modules: list[ModuleType] = []
    for item in wanted:
        if not is_model(item):
            modules += modules_named(item if item is not True else project_module(roots))
    found = [item for item in wanted if is_model(item)]
    for module in modules:
        found += [
            item for item in vars(module).values() if is_model(item) and not is_library_model(item)
        ]
    heirs = [heir for model in found for heir in (model, *subclasses_elsewhere(model, modules))]
    return with_through_models(list(without_bases(list(dict.fromkeys(found)), heirs, known, tell)))


def subclasses_elsewhere(model: Model, modules: list[ModuleType]) -> list[Model]:
    """Return those who inherit from an imported class: they may be anywhere."""
    is_own = model.__module__ in [module.__name__ for module in modules]
    return [] if is_own else model.__subclasses__()


def without_bases(
    found: list[Model], heirs: list[Model], known: Container[str], tell: Callable[[str], object]
) -> Iterator[Model]:
    for model in found:
        heir = next((one for one in heirs if issubclass(one, model) and one is not model), None)
        if is_bare(model):
            continue
        if heir is None or is_table(model, known):
            yield model
        elif not re.search("Base|Mixin|Abstract|Model$", model.__name__) and own_fields(model):
            tell(
                f"{model.__name__} has fields and {heir.__name__} inherits from it: taken for a"
                " base without a table. If it has one, write class Meta: is_table = True"
            )


def is_model(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, pw.Model) and value is not pw.Model


def is_library_model(model: Model) -> bool:
    """Return whether a class is one of Peewee's own modules, such as FTS5Model."""
    is_library = model.__module__.partition(".")[0] in ("peewee", "playhouse")
    return is_library and hasattr(sys.modules[model.__module__], model.__name__)


def project_module(roots: list[Path]) -> str:
    """Return the module of a project's models: models.py, models/, or the one package with it."""
    if any(has_models(root) for root in roots):
        return "models"
    inner = {path for root in roots for path in root.iterdir() if path.is_dir()}
    found = sorted(f"{path.name}.models" for path in inner if has_models(path))
    if len(found) == 1:
        return found[0]
    wanted = "name the module with --auto-source (auto=…)"
    if not found:
        raise MigrationError(f"there is no models.py in {roots[0]}: {wanted}")
    raise MigrationError(f"models are in {', '.join(found)}: {wanted}")


def has_models(folder: Path) -> bool:
    return (folder / "models.py").is_file() or (folder / "models" / "__init__.py").is_file()


def modules_named(name: str | ModuleType) -> list[ModuleType]:
    """Return a module and, of a package, all modules in it; raise what fails to import."""
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


def is_table(model: Model, known: Container[str]) -> bool:
    """Return whether a class that others inherit from has a table all the same."""
    return (
        getattr(model._meta, "is_table", False)
        or names_its_table(model)
        or is_pointed_to(model)
        or table_name(model) in known
    )


def is_bare(model: Model) -> bool:
    """Return whether a class is called a base and has no field of its own."""
    called = re.fullmatch(r"_*(Base\w*|\w*Base|(\w*Base)?Model)", model.__name__) is not None
    is_nothing = not own_fields(model) and not names_its_table(model) and not is_pointed_to(model)
    return called and is_nothing


def own_fields(model: Model) -> list[pw.Field]:
    return [field for field in model._meta.sorted_fields if type(field) is not pw.AutoField]


def is_pointed_to(model: Model) -> bool:
    """Return whether another class has a key to it; a base's key to itself is copied."""
    return any(field.model is not model for field in model._meta.backrefs)


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
