## dates as PostgreSQL knows them
SELECT date_trunc('month', date_create) AS month, SUM(opportunity) AS revenue FROM crm_deals GROUP BY 1 ORDER BY 1
SELECT to_char(date_create, 'YYYY-MM') AS month, COUNT(*) AS n FROM crm_deals GROUP BY to_char(date_create, 'YYYY-MM') ORDER BY 1
SELECT to_char(date_create, 'YYYY-"Q"Q') AS quarter, COUNT(*) AS n FROM crm_deals GROUP BY 1 ORDER BY 1
SELECT to_char(closedate, 'IYYY-IW') AS week, to_char(closedate, 'DD.MM.YYYY') AS day, to_char(closedate, 'FMMonth') AS name FROM crm_deals ORDER BY id
SELECT id FROM crm_deals WHERE date_create >= date_trunc('year', TIMESTAMP '2025-06-01') - INTERVAL '1 year' ORDER BY id
SELECT id FROM crm_deals WHERE date_create >= now() - interval '30 years' ORDER BY id
SELECT id, closedate - begindate AS days FROM crm_deals ORDER BY id
SELECT id, EXTRACT(EPOCH FROM (date_modify - date_create)) / 3600 AS hours FROM crm_deals ORDER BY id
SELECT AVG(date_modify - date_create) AS mean FROM crm_deals WHERE closed
SELECT date_part('dow', date_create) AS dow, COUNT(*) AS n FROM crm_deals GROUP BY 1 ORDER BY 1
SELECT EXTRACT(QUARTER FROM closedate) AS q, EXTRACT(WEEK FROM closedate) AS w, EXTRACT(ISODOW FROM closedate) AS d FROM crm_deals ORDER BY id
SELECT age(TIMESTAMP '2025-06-01', date_create) AS age FROM crm_deals ORDER BY id
SELECT (date_create AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Moscow' AS local FROM crm_deals ORDER BY id
SELECT date_create::date AS day, COUNT(*) AS n FROM crm_deals GROUP BY date_create::date ORDER BY day
SELECT make_date(2025, 1, 31) AS d, '2025-01-31'::date + 1 AS next
SELECT s.month::date AS month, COUNT(d.id) AS n FROM generate_series('2025-01-01'::date, '2025-06-01'::date, '1 month'::interval) AS s(month) LEFT JOIN crm_deals d ON date_trunc('month', d.date_create) = s.month GROUP BY 1 ORDER BY 1
SELECT g.h, COUNT(d.id) AS n FROM generate_series(0, 23) AS g(h) LEFT JOIN crm_deals d ON EXTRACT(HOUR FROM d.date_create) = g.h GROUP BY g.h ORDER BY g.h
SELECT day FROM generate_series(DATE '2025-01-01', DATE '2025-01-05', INTERVAL '1 day') AS day ORDER BY 1
SELECT n FROM generate_series(10, 1, -3) AS t(n)
SELECT id FROM crm_deals WHERE (begindate, closedate) OVERLAPS (DATE '2025-01-01', DATE '2025-02-01') ORDER BY id
SELECT to_date('31.01.2025', 'DD.MM.YYYY') AS d, to_timestamp('2025-01-31 10:00', 'YYYY-MM-DD HH24:MI') AT TIME ZONE 'UTC' AS t
SELECT CURRENT_DATE - 7 < CURRENT_DATE AS earlier, LOCALTIMESTAMP IS NOT NULL AS known
SELECT justify_days(INTERVAL '45 days') AS j, make_interval(0, 0, 0, 3) IS NOT NULL AS m
SELECT id FROM crm_deals WHERE closedate = ANY (ARRAY['2025-01-31'::date, '2025-04-01'::date]) ORDER BY id
WITH months AS (SELECT generate_series(DATE '2025-01-01', DATE '2025-06-01', '1 month')::date AS m) SELECT months.m, COUNT(d.id) AS n FROM months LEFT JOIN crm_deals d ON d.date_create >= months.m AND d.date_create < months.m + INTERVAL '1 month' GROUP BY 1 ORDER BY 1
SELECT generate_series(1, 3) AS n
## measures of its own
SELECT SUM(opportunity) FILTER (WHERE stage_semantic_id = 'S') AS won, COUNT(*) FILTER (WHERE stage_semantic_id = 'F') AS lost FROM crm_deals
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY opportunity) AS median FROM crm_deals
SELECT currency_id, percentile_disc(0.9) WITHIN GROUP (ORDER BY opportunity) AS p90 FROM crm_deals GROUP BY currency_id ORDER BY 1
SELECT mode() WITHIN GROUP (ORDER BY source_id) AS usual FROM crm_deals
SELECT string_agg(title, ', ' ORDER BY id) AS titles FROM crm_deals
SELECT string_agg(DISTINCT currency_id, '/' ORDER BY currency_id) AS currencies FROM crm_deals
SELECT array_agg(id ORDER BY id DESC) AS ids FROM crm_deals
SELECT bool_or(closed) AS some, bool_and(closed) AS every_one FROM crm_deals
SELECT corr(opportunity, tax_value) AS c, regr_slope(opportunity, tax_value) AS slope FROM crm_deals
SELECT currency_id, stage_id, SUM(opportunity) AS s FROM crm_deals GROUP BY GROUPING SETS ((currency_id), (stage_id), ()) ORDER BY 1 NULLS LAST, 2 NULLS LAST
SELECT currency_id, stage_id, COUNT(*) AS n, GROUPING(currency_id) AS g FROM crm_deals GROUP BY ROLLUP (currency_id, stage_id) ORDER BY 1 NULLS LAST, 2 NULLS LAST, 3
SELECT currency_id, closed, COUNT(*) AS n FROM crm_deals GROUP BY CUBE (currency_id, closed) ORDER BY 1 NULLS FIRST, 2 NULLS FIRST
SELECT width_bucket(opportunity, 0, 1000000, 10) AS bucket, COUNT(*) AS n FROM crm_deals GROUP BY 1 ORDER BY 1
SELECT id, PERCENT_RANK() OVER (ORDER BY opportunity) AS pr, CUME_DIST() OVER (ORDER BY opportunity) AS cd FROM crm_deals ORDER BY id
SELECT id, SUM(opportunity) OVER (ORDER BY id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s FROM crm_deals ORDER BY id
## one row a group
SELECT DISTINCT ON (assigned_by_id) assigned_by_id, id, opportunity FROM crm_deals ORDER BY assigned_by_id, opportunity DESC
SELECT u.id, t.title FROM crm_users u CROSS JOIN LATERAL (SELECT title FROM crm_deals d WHERE d.assigned_by_id = u.id ORDER BY opportunity DESC LIMIT 1) t ORDER BY u.id
SELECT u.id, t.n FROM crm_users u LEFT JOIN LATERAL (SELECT COUNT(*) AS n FROM crm_deals d WHERE d.assigned_by_id = u.id) t ON TRUE ORDER BY u.id
SELECT id FROM crm_deals ORDER BY id FETCH FIRST 3 ROWS ONLY
SELECT id FROM crm_deals ORDER BY opportunity DESC NULLS LAST, id ASC NULLS FIRST LIMIT 3
## values of several columns and JSON
SELECT v.code, v.name, COUNT(d.id) AS n FROM (VALUES ('S', 'won'), ('F', 'lost')) AS v(code, name) LEFT JOIN crm_deals d ON d.stage_semantic_id = v.code GROUP BY 1, 2 ORDER BY 1
SELECT t.tag, COUNT(*) AS n FROM crm_deals d CROSS JOIN LATERAL jsonb_array_elements_text(d.uf_crm_tags::jsonb) AS t(tag) GROUP BY t.tag ORDER BY t.tag
SELECT t.tag, COUNT(*) AS n FROM crm_deals d, jsonb_array_elements_text(d.uf_crm_tags::jsonb) AS t(tag) GROUP BY 1 ORDER BY 1
SELECT uf_crm_tags::jsonb ->> 0 AS first_tag, jsonb_array_length(uf_crm_tags::jsonb) AS n FROM crm_deals WHERE uf_crm_tags IS NOT NULL ORDER BY id
SELECT id FROM crm_deals WHERE uf_crm_tags::jsonb @> '["a"]' ORDER BY id
SELECT unnested.x FROM unnest(ARRAY[1, 2, 3]) AS unnested(x) ORDER BY 1
SELECT w FROM unnest(string_to_array('a,b,c', ',')) AS w ORDER BY 1
SELECT id FROM crm_deals WHERE stage_id = ANY ('{WON,LOSE}'::text[]) ORDER BY id
## texts as PostgreSQL knows them
SELECT id FROM crm_deals WHERE title ILIKE '%СЕРВИС%'
SELECT id FROM crm_deals WHERE title ~ '^П' AND title !~* 'drop\s+table' ORDER BY id
SELECT id FROM crm_deals WHERE title SIMILAR TO '(Поставка|Аренда)' ORDER BY id
SELECT title || ' (' || currency_id || ')' AS label FROM crm_deals ORDER BY id
SELECT split_part(title, ' ', 1) AS word, initcap(title) AS i, strpos(title, 'а') AS at FROM crm_deals ORDER BY id
SELECT regexp_replace(title, '[0-9]+', '#', 'g') AS r FROM crm_deals ORDER BY id
SELECT position('и' IN title) AS p, substring(title FROM 2 FOR 3) AS s, trim(BOTH 'я' FROM title) AS t FROM crm_deals ORDER BY id
SELECT E'it\'s' AS escaped, E'a\tb' AS tabbed
SELECT $$DROP TABLE crm_deals; it's text$$ AS dollars, $x$ $$ $x$ AS nested
SELECT COUNT(*) AS n FROM crm_deals /* outer /* DROP TABLE x; */ still a comment */
SELECT 'C:\temp\new' AS path, 'a\' AS backslash
SELECT id FROM crm_deals WHERE title LIKE '50!%%' ESCAPE '!'
SELECT "id", "title" FROM "crm_deals" ORDER BY "id"
SELECT ID, Title AS MixedCase FROM CRM_DEALS ORDER BY Id
SELECT id FROM public.crm_deals ORDER BY id
SELECT public.crm_deals.id FROM public.crm_deals ORDER BY 1
SELECT COUNT(*) AS "DROP TABLE; --" FROM crm_deals
SELECT concat_ws(', ', name, last_name) AS n, left(name, 1) || '.' AS initial FROM crm_users ORDER BY id
SELECT md5(title) AS digest, reverse(title) AS r, translate(title, 'ав', 'бг') AS t FROM crm_deals ORDER BY id
## types and logic
SELECT opportunity::numeric(20, 4) AS n, id::text AS t, closed::int AS b FROM crm_deals ORDER BY id
SELECT CAST(id AS double precision) / 3 AS x, CAST('12' AS integer) AS i, CAST(opportunity AS bigint) AS b FROM crm_deals ORDER BY id
SELECT id FROM crm_deals WHERE source_id IS DISTINCT FROM 'WEB' ORDER BY id
SELECT id FROM crm_deals WHERE closed IS NOT TRUE ORDER BY id
SELECT id FROM crm_deals WHERE opportunity BETWEEN SYMMETRIC 200000 AND 100 ORDER BY id
SELECT (1, 2) = (1, 2) AS same, 5 % 3 AS rest, 2 ^ 3 AS cube, 5 & 3 AS bits
SELECT id FROM crm_deals WHERE (stage_id, currency_id) IN (('WON', 'RUB'), ('LOSE', 'RUB')) ORDER BY id
WITH m AS MATERIALIZED (SELECT id FROM crm_deals) SELECT COUNT(*) AS n FROM m
WITH RECURSIVE d(day) AS (SELECT DATE '2025-01-01' UNION ALL SELECT (day + INTERVAL '1 day')::date FROM d WHERE day < DATE '2025-01-10') SELECT day FROM d ORDER BY day
SELECT trunc(1234.567, 1) AS t, log(100) AS l, ln(2.718281828) AS e, div(7, 2) AS d
SELECT num_nulls(source_id, company_id) AS empty FROM crm_deals ORDER BY id
WITH a AS (SELECT id FROM crm_deals) SELECT COUNT(*) AS n FROM a WHERE id IN (WITH b AS (SELECT id FROM a) SELECT id FROM b)
