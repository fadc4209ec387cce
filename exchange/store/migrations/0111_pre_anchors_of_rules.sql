-- Rows that landed before are to be found by the fields that rules ask for, as new ones are: the
-- values in their normal form, as JSON.
insert into anchor (version_id, standard, table_code, fields, field_values)
select v.id, v.standard, v.table_code, array_to_string(asked.fields, ','), named.field_values
from (values
    ('SPGL_DFXMSPLCJDXXB', array['SPLCBM', 'SPLCBBH']),
    ('SPGL_DFXMSPLCXXB', array['XZQHDM']),
    ('SPGL_DFXMSPLCXXB', array['XZQHDM', 'SPLCBM']),
    ('SPGL_JSGCGHXKXXB', array['GCDM']),
    ('SPGL_JSGCGHXKXXB', array['GCGHXKZBH']),
    ('SPGL_JSGCJGYSBAXXB', array['GCDM']),
    ('SPGL_JSGCJGYSBAXXB', array['GCDM', 'SPSXSLBM']),
    ('SPGL_JSGCXFYSBAXXB', array['GCDM', 'SPSXSLBM']),
    ('SPGL_JSYDGHXKXXB', array['GCDM']),
    ('SPGL_JSYDGHXKXXB', array['YDGHXKZBH']),
    ('SPGL_JZGCSGXKXXB', array['GCDM']),
    ('SPGL_JZGCSGXKXXB', array['GCDM', 'SPSXSLBM']),
    ('SPGL_JZGCSGXKXXB', array['SGXKZBH']),
    ('SPGL_SGTSJWJSCXXB', array['GCDM']),
    ('SPGL_SGTSJWJSCXXB', array['SCHGSBH']),
    ('SPGL_SPJDXXB', array['SPLCBM', 'SPLCBBH']),
    ('SPGL_SPLCXXB', array['XZQHDM']),
    ('SPGL_SPLCXXB', array['XZQHDM', 'SPLCBM']),
    ('SPGL_XMDTXXB', array['GCDM']),
    ('SPGL_XMDTXXB', array['GCDM', 'SPSXSLBM']),
    ('SPGL_XMJBXXB', array['JSDWDM']),
    ('SPGL_XMSPSXBLTBCXXXB', array['GCDM', 'SPSXSLBM']),
    ('SPGL_XMSPSXBLXXXXB', array['GCDM', 'SPSXSLBM']),
    ('SPGL_XMSPSXBLXXXXB', array['XZQHDM', 'GCDM']),
    ('SPGL_XMSPSXPFWJXXB', array['GCDM', 'SPSXSLBM']),
    ('SPGL_XMSPSXPFWJXXB', array['PFWH']),
    ('SPGL_XMSPSXPFWJXXB', array['XZQHDM', 'PFWH']),
    ('SPGL_ZJFWSXBLGCXXB', array['XMDM', 'ZJFWSXSLBM'])
) as asked (table_code, fields)
join version v on v.table_code = asked.table_code
    and v.raw::text !~* '\\u(0000|d[89a-f])'  -- characters that a text column cannot hold
cross join lateral (
    select '[' || string_agg(to_json(
               case
                   when part.field = 'SPLCBBH' and cell ~ '^[+-]?[0-9]{1,30}([.][0-9]{1,30})?$'
                   then trim_scale(cell::numeric)::text
                   else cell
               end)::text, ',' order by part.place) || ']' as field_values,
           count(nullif(cell, '')) = cardinality(asked.fields) as complete
    from unnest(asked.fields) with ordinality as part (field, place)
    cross join lateral (select v.raw ->> part.field as cell) as of_row
) as named
where named.complete
on conflict do nothing;
