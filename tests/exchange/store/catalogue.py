"""The structure of a database as comparable facts, read from its catalogues."""

from __future__ import annotations

from typing import LiteralString

import psycopg

_QUERIES: dict[str, LiteralString] = {
    "relations": """
        select c.relname, c.relkind::text, pg_get_userbyid(c.relowner), c.relrowsecurity,
               coalesce(c.relacl::text, ''), pg_get_partkeydef(c.oid),
               pg_get_expr(c.relpartbound, c.oid), coalesce(c.reloptions::text, ''),
               case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end
        from pg_class c where c.relnamespace = 'public'::regnamespace
    """,
    "columns": """
        select c.relname, a.attnum - (select count(*) from pg_attribute d
                   where d.attrelid = a.attrelid and d.attnum < a.attnum and d.attisdropped
                   and d.attnum > 0), a.attname, format_type(a.atttypid, a.atttypmod),
               a.attnotnull, a.attidentity::text, a.attgenerated::text,
               coalesce(a.attacl::text, ''), pg_get_expr(d.adbin, d.adrelid)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
    """,
    "constraints": """
        select coalesce(c.relname, ''), k.conname, pg_get_constraintdef(k.oid)
        from pg_constraint k left join pg_class c on c.oid = k.conrelid
        where k.connamespace = 'public'::regnamespace
    """,
    "indexes": """
        select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
    """,
    "functions": """
        select p.proname, pg_get_userbyid(p.proowner), pg_get_functiondef(p.oid),
               coalesce(p.proacl::text, '')
        from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
    """,
    "triggers": """
        select c.relname, t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid)
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
    """,
    "policies": """
        select tablename, policyname, permissive, roles::text, cmd, qual, with_check
        from pg_policies where schemaname = 'public'
    """,
    "types": """
        select t.typname, t.typtype::text,
               (select array_agg(e.enumlabel order by e.enumsortorder) from pg_enum e
                where e.enumtypid = t.oid)::text, format_type(t.typbasetype, t.typtypmod)
        from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd')
    """,
    "comments": """
        select d.classoid::regclass::text, d.objoid::regclass::text, d.objsubid, d.description
        from pg_description d join pg_class c on c.oid = d.objoid
        where c.relnamespace = 'public'::regnamespace
    """,
    "schema": """
        select nspname, coalesce(nspacl::text, '') from pg_namespace where nspname = 'public'
    """,
    "default privileges": """
        select pg_get_userbyid(defaclrole), defaclobjtype::text, defaclacl::text
        from pg_default_acl
    """,
}

_OF_MIGRATION_ITSELF = ("migration", "migration_pkey")


def catalogue(dsn: str) -> dict[str, list[tuple[object, ...]]]:
    """Kind of object → sorted facts; the table that keeps the migrations is not part of it."""
    with psycopg.connect(dsn) as conn:
        return {
            kind: sorted(
                (
                    tuple(row)
                    for row in conn.execute(query).fetchall()
                    if row[0] not in _OF_MIGRATION_ITSELF
                ),
                key=repr,
            )
            for kind, query in _QUERIES.items()
        }
