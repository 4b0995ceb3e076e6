"""The tools that ours is compared with: Peewee's own, and alembic with models of SQLAlchemy."""

import warnings
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import peewee as pw
import sqlalchemy as sa
from playhouse.migrations import Runner, template
from playhouse.schema_diff import diff_models
from sqlalchemy.dialects import postgresql

from migrator.model_classes.declared import declared
from migrator.schema.model import Column, Index, Table, text_for
from migrator.schema.references import expression_of
from migrator.schema.types import base
from tests.migrator.facts import facts
from tests.migrator.measure import created, empty


class Playhouse:
    """`playhouse.migrations` (`pwmigrate`): its generated files, as they are written."""

    name = "playhouse.migrations"

    def __init__(self, database: pw.Database, folder: Path) -> None:
        self.database, self.folder = database, folder

    @property
    def runner(self) -> Runner:
        return Runner(self.database, str(self.folder))

    def create(self, models: list[Any], rename: dict[str, str]) -> bool:
        found = diff_models(self.database, list(models))
        if found:
            self.runner.create("change", body=template(found))
        return bool(found)

    def apply(self) -> None:
        self.runner.up()

    def rollback(self) -> None:
        self.runner.down()

    def created(self, reference: pw.Database, models: list[Any]) -> dict[str, Any]:
        return created(reference, models)


ENV = """
from alembic import context
attributes = context.config.attributes
def only_changes(context, revision, directives):
    attributes["found"] = not directives[0].upgrade_ops.is_empty()
    if not attributes["found"]:
        directives[:] = []
with attributes["engine"].connect() as connection:
    context.configure(
        connection=connection, target_metadata=attributes["metadata"], compare_type=True,
        compare_server_default=True, render_as_batch=connection.dialect.name == "sqlite",
        include_schemas=attributes["schemas"], process_revision_directives=only_changes,
    )
    with context.begin_transaction():
        context.run_migrations()
"""
MAKO = """
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
from alembic import op
import sqlalchemy as sa
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql
${imports if imports else ""}
def upgrade():
    ${upgrades if upgrades else "pass"}
def downgrade():
    ${downgrades if downgrades else "pass"}
"""


class Alembic:
    """alembic, with autogenerate, comparing types and server defaults, in batches on SQLite."""

    name = "alembic"

    def __init__(self, database: pw.Database, folder: Path) -> None:
        self.database = database
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(ENV)
        (folder / "script.py.mako").write_text(MAKO)
        self.config = alembic.config.Config()
        self.config.set_main_option("script_location", str(folder))
        self.config.set_main_option("path_separator", "os")
        self.engine = engine(database)
        self.config.attributes.update(engine=self.engine, metadata=sa.MetaData(), schemas=False)

    def create(self, models: list[Any], rename: dict[str, str]) -> bool:
        self.config.attributes["metadata"] = metadata(models, self.database)
        schemas = {model._meta.schema for model in models} - {None}
        self.config.attributes["schemas"] = bool(schemas)
        for schema in schemas:
            self.database.execute_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            alembic.command.revision(self.config, autogenerate=True)
        return self.config.attributes["found"]

    def apply(self) -> None:
        alembic.command.upgrade(self.config, "head")

    def rollback(self) -> None:
        alembic.command.downgrade(self.config, "-1")

    def created(self, reference: pw.Database, models: list[Any]) -> dict[str, Any]:
        """Return what SQLAlchemy's own create_all makes of the same models."""
        empty(reference)
        wanted = metadata(models, reference)
        with engine(reference).begin() as connection:
            for schema in {table.schema for table in wanted.tables.values()} - {None}:
                connection.execute(sa.text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
            wanted.create_all(connection)
        return facts(reference)


def engine(database: pw.Database) -> sa.Engine:
    if isinstance(database, pw.SqliteDatabase):
        made = sa.create_engine(f"sqlite:///{database.database}", poolclass=sa.NullPool)
        sa.event.listen(made, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        return made
    options = {name: value for name, value in database.connect_params.items() if value}
    return sa.create_engine(
        "postgresql+psycopg2://",
        connect_args={"dbname": database.database, **options},
        poolclass=sa.NullPool,
    )


TYPES: dict[str, Any] = {
    "INT": sa.Integer, "BIGINT": sa.BigInteger, "SMALLINT": sa.SmallInteger, "AUTO": sa.Integer,
    "BIGAUTO": sa.BigInteger, "TEXT": sa.Text, "BOOL": sa.Boolean, "DATETIME": sa.DateTime,
    "DATE": sa.Date, "DOUBLE": sa.Double, "UUID": sa.Uuid,
    "TIMESTAMPTZ": sa.DateTime(timezone=True),
    "JSON": sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
}  # fmt: skip


# alembic's documentation asks for it: without names it can drop no constraint
NAMES = {
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata(models: list[Any], database: pw.Database) -> sa.MetaData:
    """Return the same tables as somebody who uses SQLAlchemy would write them."""
    out = sa.MetaData(naming_convention=NAMES)
    dialect: Any = "sqlite" if isinstance(database, pw.SqliteDatabase) else "postgresql"
    for table in declared(models).values():
        schema, _, name = table.name.rpartition(".")
        columns = [sa_column(table, column, dialect) for column in table.columns]
        options = (table.options or "") if isinstance(table.options, str | None) else ""
        made = sa.Table(
            name,
            out,
            *columns,
            *constraints(table, dialect),
            schema=schema or None,
            sqlite_autoincrement=any(
                "AUTOINCREMENT" in str(column.extra) for column in table.columns
            ),
            sqlite_strict="STRICT" in options,
            sqlite_with_rowid="WITHOUT ROWID" not in options,
        )
        for index in table.indexes:
            sa_index(made, table, index, dialect)
    return out


def sa_column(table: Table, column: Column, dialect: Any) -> sa.Column[Any]:
    kind = text_for(dialect, column.type) or ""
    more: list[Any] = []
    if column.identity:
        more.append(sa.Identity(always=column.identity == "ALWAYS"))
    if column.generated is not None:
        more.append(
            sa.Computed(str(column.generated).removesuffix(" STORED").strip("()"), persisted=True)
        )
    server = text_for(dialect, column.server_default)
    if server and server.startswith("NEXTVAL"):
        more.append(sa.Sequence("counting"))
        server = "nextval('counting')" if dialect == "postgresql" else None
    return sa.Column(
        column.name,
        sa_type(kind, column, dialect),
        *more,
        primary_key=column.name in table.primary_key,
        nullable=column.null,
        autoincrement=kind in ("AUTO", "BIGAUTO") or bool(column.identity),
        default=column.default,
        server_default=sa.text(server) if server else None,
    )


def sa_type(kind: str, column: Column, dialect: Any) -> Any:
    numbers = [
        int(part) for part in kind.partition("(")[2].rstrip(")[]").split(",") if part.strip()
    ]
    if kind.endswith("[]"):
        return postgresql.ARRAY(sa.Integer)
    if base(kind) == "VARCHAR":
        collation = text_for(dialect, column.collation)
        return sa.String(*numbers, collation=collation.strip('"') if collation else None)
    if base(kind) == "DECIMAL":
        return sa.Numeric(*numbers)
    made = TYPES[base(kind)]
    return made() if isinstance(made, type) else made


def constraints(table: Table, dialect: Any) -> list[Any]:
    out: list[Any] = []
    for constraint in table.constraints:
        expression = expression_of(constraint, dialect)
        if expression is None:
            names = str(constraint.sql).partition("(")[2].rstrip(")").split(",")
            out.append(
                sa.UniqueConstraint(*[name.strip(' "') for name in names], name=constraint.name)
            )
        else:
            out.append(sa.CheckConstraint(expression.replace(":", "\\:"), name=constraint.name))
    for key in table.foreign_keys:
        out.append(
            sa.ForeignKeyConstraint(
                list(key.columns),
                [f"{key.table}.{name}" for name in key.target_columns],
                name=key.name,
                ondelete=key.on_delete,
                onupdate=key.on_update,
                deferrable=bool(key.deferrable) or None,
                initially=key.deferrable.split()[-1] if key.deferrable else None,
                use_alter=bool(key.name and key.name.startswith("fk_")) and dialect == "postgresql",
            )
        )
    return out


def sa_index(made: sa.Table, table: Table, index: Index, dialect: Any) -> None:
    parts = [
        made.c[part] if part in table.column_names else sa.text(str(text_for(dialect, part)))
        for part in index.parts
    ]
    where = text_for(dialect, index.where)
    options: dict[str, Any] = {"postgresql_using": index.using.lower()} if index.using else {}
    if where is not None:
        options[f"{dialect}_where"] = sa.text(where)
    sa.Index(index.name, *parts, unique=index.unique, _table=made, **options)
