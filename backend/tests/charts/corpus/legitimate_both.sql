## the usual measures by one dimension
SELECT COUNT(*) FROM crm_deals
SELECT COUNT(*) AS total FROM crm_deals WHERE _deleted_at IS NULL
SELECT stage_id, COUNT(*) AS deals FROM crm_deals GROUP BY stage_id ORDER BY deals DESC, stage_id
SELECT currency_id, SUM(opportunity) AS revenue FROM crm_deals WHERE stage_semantic_id = 'S' GROUP BY currency_id
SELECT assigned_by_id, AVG(opportunity) AS cheque FROM crm_deals WHERE stage_semantic_id = 'S' AND opportunity > 0 GROUP BY assigned_by_id
SELECT MIN(opportunity), MAX(opportunity), AVG(opportunity) FROM crm_deals
SELECT source_id, COUNT(DISTINCT company_id) AS companies FROM crm_deals GROUP BY source_id HAVING COUNT(*) > 0
SELECT DISTINCT currency_id FROM crm_deals ORDER BY currency_id
SELECT id, title, opportunity FROM crm_deals ORDER BY opportunity DESC LIMIT 10
SELECT id FROM crm_deals ORDER BY id LIMIT 2 OFFSET 1
SELECT COUNT(*) AS n FROM crm_deals WHERE opportunity BETWEEN 100 AND 200000
SELECT id FROM crm_deals WHERE stage_id IN ('WON', 'LOSE') ORDER BY id
SELECT id FROM crm_deals WHERE stage_id NOT IN ('WON', 'LOSE') ORDER BY id
SELECT id FROM crm_deals WHERE source_id IS NULL OR source_id = '' ORDER BY id
SELECT id FROM crm_deals WHERE NOT (closed = TRUE) ORDER BY id
SELECT id, opportunity * 1.2 AS with_tax, opportunity - COALESCE(tax_value, 0) AS net FROM crm_deals ORDER BY id
SELECT id, ROUND(opportunity / 1000, 1) AS thousands FROM crm_deals ORDER BY id
SELECT STDDEV_POP(opportunity) AS spread FROM crm_deals WHERE opportunity IS NOT NULL
## joins by key
SELECT u.last_name, SUM(d.opportunity) AS revenue FROM crm_deals d JOIN crm_users u ON u.id = d.assigned_by_id GROUP BY u.last_name ORDER BY revenue DESC
SELECT c.title, COUNT(d.id) AS deals FROM crm_companies c LEFT JOIN crm_deals d ON d.company_id = c.id GROUP BY c.title ORDER BY c.title
SELECT d.id, c.title, p.last_name FROM crm_deals AS d INNER JOIN crm_companies AS c ON c.id = d.company_id LEFT OUTER JOIN crm_contacts AS p ON p.id = d.contact_id ORDER BY d.id
SELECT d.id, c.title FROM crm_deals d, crm_companies c WHERE d.company_id = c.id ORDER BY d.id
SELECT crm_deals.id, crm_users.name FROM crm_deals JOIN crm_users ON crm_users.id = crm_deals.assigned_by_id ORDER BY 1
SELECT s.name, COUNT(*) AS deals FROM crm_deals d JOIN crm_statuses s ON s.status_id = d.stage_id AND s.entity_id = 'DEAL_STAGE' GROUP BY s.name, s.sort ORDER BY s.sort
SELECT u.id, COUNT(d.id) AS won FROM crm_users u LEFT JOIN crm_deals d ON d.assigned_by_id = u.id AND d.stage_semantic_id = 'S' GROUP BY u.id ORDER BY u.id
SELECT a.id, b.id AS later FROM crm_deals a JOIN crm_deals b ON a.company_id = b.company_id AND a.id < b.id ORDER BY a.id, b.id
SELECT d.title FROM crm_deals d RIGHT JOIN crm_companies c ON c.id = d.company_id WHERE c.industry = 'IT' ORDER BY d.id
SELECT id, owner_id, product_name FROM crm_product_rows JOIN (SELECT id AS owner_id FROM crm_deals WHERE stage_id = 'WON') w USING (owner_id) ORDER BY id
SELECT d.id, m.value FROM crm_deals d JOIN crm_deals_multifields m ON m.owner_id = d.id AND m.type_id = 'PHONE' ORDER BY d.id
SELECT dep.name, SUM(d.opportunity) AS total FROM crm_departments dep JOIN crm_users u ON u.department_id = dep.id JOIN crm_deals d ON d.assigned_by_id = u.id GROUP BY dep.name ORDER BY dep.name
SELECT d.id, u.name, c.title FROM crm_deals d JOIN (crm_users u JOIN crm_companies c ON c.assigned_by_id = u.id) ON u.id = d.assigned_by_id AND c.id = d.company_id ORDER BY d.id
SELECT d.id, u.name FROM (crm_deals d JOIN crm_users u ON u.id = d.assigned_by_id) ORDER BY d.id
WITH m AS (SELECT EXTRACT(MONTH FROM date_create) AS mon, COUNT(*) AS n FROM crm_deals GROUP BY 1) SELECT a.mon, a.n, b.n AS before_it FROM m a LEFT JOIN m b ON b.mon = a.mon - 1 ORDER BY a.mon
## conditions inside measures
SELECT COUNT(CASE WHEN stage_semantic_id = 'S' THEN 1 END) AS won, COUNT(*) AS all_deals FROM crm_deals
SELECT 100.0 * SUM(CASE WHEN stage_semantic_id = 'S' THEN 1 ELSE 0 END) / COUNT(*) AS conversion FROM crm_deals WHERE _deleted_at IS NULL
SELECT CASE WHEN opportunity < 1000 THEN 'small' WHEN opportunity < 100000 THEN 'middle' ELSE 'large' END AS size, COUNT(*) AS n FROM crm_deals GROUP BY 1 ORDER BY 2 DESC, 1
SELECT CASE currency_id WHEN 'RUB' THEN 1 WHEN 'USD' THEN 90 ELSE 0 END * opportunity AS rubles FROM crm_deals ORDER BY id
SELECT COALESCE(source_id, 'нет') AS источник, COUNT(*) AS сделок FROM crm_deals GROUP BY 1 ORDER BY 1
SELECT NULLIF(source_id, 'WEB') AS s, GREATEST(opportunity, 1000) AS g, LEAST(opportunity, 1000) AS l FROM crm_deals ORDER BY id
## subqueries
SELECT id FROM crm_deals WHERE opportunity > (SELECT AVG(opportunity) FROM crm_deals) ORDER BY id
SELECT title FROM crm_companies c WHERE EXISTS (SELECT 1 FROM crm_deals d WHERE d.company_id = c.id AND d.stage_semantic_id = 'S') ORDER BY title
SELECT title FROM crm_companies c WHERE NOT EXISTS (SELECT 1 FROM crm_deals d WHERE d.company_id = c.id) ORDER BY title
SELECT title FROM crm_companies WHERE id IN (SELECT company_id FROM crm_deals WHERE stage_id = 'WON') ORDER BY title
SELECT c.title, (SELECT COUNT(*) FROM crm_deals d WHERE d.company_id = c.id) AS deals FROM crm_companies c ORDER BY c.id
SELECT t.stage_id, t.n FROM (SELECT stage_id, COUNT(*) AS n FROM crm_deals GROUP BY stage_id) t WHERE t.n >= 1 ORDER BY t.stage_id
SELECT AVG(x.total) AS mean FROM (SELECT assigned_by_id, SUM(opportunity) AS total FROM crm_deals GROUP BY assigned_by_id) AS x
SELECT d.id, d.opportunity / t.total AS share FROM crm_deals d CROSS JOIN (SELECT SUM(opportunity) AS total FROM crm_deals) t ORDER BY d.id
SELECT id FROM crm_deals WHERE opportunity >= ALL (SELECT opportunity FROM crm_deals WHERE opportunity IS NOT NULL)
## common table expressions
WITH won AS (SELECT * FROM crm_deals WHERE stage_semantic_id = 'S') SELECT COUNT(*) AS n FROM won
WITH won AS (SELECT assigned_by_id, SUM(opportunity) AS s FROM crm_deals GROUP BY assigned_by_id), best AS (SELECT MAX(s) AS m FROM won) SELECT won.assigned_by_id FROM won JOIN best ON best.m = won.s
WITH t (a, b) AS (SELECT id, title FROM crm_deals) SELECT a, b FROM t ORDER BY a
WITH crm_best AS (SELECT id FROM crm_deals), x AS (SELECT id FROM crm_best) SELECT COUNT(*) AS n FROM x
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 12) SELECT i FROM n ORDER BY i
WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i - 1 FROM n WHERE i > 1) SELECT i FROM n ORDER BY i
WITH RECURSIVE t AS (SELECT id, name, 1 AS level FROM crm_departments WHERE parent IS NULL UNION ALL SELECT d.id, d.name, t.level + 1 FROM crm_departments d JOIN t ON d.parent = t.id WHERE t.level < 10) SELECT level, name FROM t ORDER BY level
## windows
SELECT id, SUM(opportunity) OVER (ORDER BY id) AS running FROM crm_deals ORDER BY id
SELECT id, ROW_NUMBER() OVER (PARTITION BY currency_id ORDER BY opportunity DESC) AS place FROM crm_deals ORDER BY id
SELECT id, RANK() OVER (ORDER BY opportunity DESC) AS r, DENSE_RANK() OVER (ORDER BY opportunity DESC) AS dr FROM crm_deals ORDER BY id
SELECT id, LAG(opportunity) OVER (ORDER BY id) AS before_it, LEAD(opportunity, 1) OVER (ORDER BY id) AS after_it FROM crm_deals ORDER BY id
SELECT id, AVG(opportunity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving FROM crm_deals ORDER BY id
SELECT id, FIRST_VALUE(title) OVER w AS first_title, NTILE(3) OVER w AS third FROM crm_deals WINDOW w AS (ORDER BY id) ORDER BY id
SELECT id, opportunity * 100.0 / SUM(opportunity) OVER () AS share FROM crm_deals ORDER BY id
SELECT * FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY assigned_by_id ORDER BY opportunity DESC) AS rn FROM crm_deals) t WHERE rn = 1 ORDER BY id
SELECT id, SUM(opportunity) OVER (PARTITION BY currency_id ORDER BY id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s FROM crm_deals ORDER BY id
## sets of rows
SELECT id, 'deal' AS kind FROM crm_deals UNION ALL SELECT id, 'lead' FROM crm_leads ORDER BY 2, 1
SELECT source_id FROM crm_deals UNION SELECT source_id FROM crm_leads ORDER BY 1
(SELECT id FROM crm_deals ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM crm_leads ORDER BY id LIMIT 1)
SELECT source_id FROM crm_deals INTERSECT SELECT source_id FROM crm_leads ORDER BY 1
SELECT source_id FROM crm_leads EXCEPT SELECT source_id FROM crm_deals
(SELECT COUNT(*) AS n FROM crm_deals)
## dangerous words inside literals, comments, aliases and names
SELECT COUNT(*) AS n FROM crm_deals WHERE comments = 'DROP TABLE crm_deals'
SELECT id FROM crm_deals WHERE title LIKE '%DELETE FROM users; --%'
SELECT id FROM crm_deals WHERE title = 'it''s; INSERT INTO x VALUES (1)'
SELECT 'pg_sleep(10); SLEEP(5); LOAD_FILE(''/etc/passwd'')' AS harmless
SELECT COUNT(*) AS "drop" FROM crm_deals -- DROP TABLE crm_deals
SELECT /* DELETE FROM crm_deals; */ COUNT(*) AS n FROM crm_deals
SELECT COUNT(*) AS deleted, MAX(id) AS updated FROM crm_deals
SELECT COUNT(*) AS n FROM crm_deals; -- the end; really
SELECT COUNT(*) AS n FROM crm_deals ;
SELECT COUNT(*) AS удалить_таблицу FROM crm_deals AS сделки WHERE сделки.title <> 'ВЫПОЛНИТЬ; DROP'
SELECT date_create AS created, date_modify AS modified FROM crm_deals ORDER BY id
SELECT 'union select password from operators' AS text_only FROM crm_deals WHERE id = 1
SELECT id FROM crm_deals WHERE comments LIKE '%grant all%' OR comments LIKE '%information_schema%'
SELECT ';' AS semicolon, '--' AS dashes, '#' AS hash, '/*' AS opened
SELECT title FROM crm_deals WHERE title LIKE '%50\%%'
SELECT title AS "Название сделки" FROM crm_deals WHERE id = 1
SELECT 1 AS ok
SELECT 1 + 2 * 3 AS seven, -1 AS minus, (4 - 1) / 3 AS one
## texts
SELECT UPPER(title) AS u, LOWER(title) AS l, CHAR_LENGTH(title) AS n FROM crm_deals ORDER BY id
SELECT CONCAT(name, ' ', last_name) AS full_name FROM crm_users ORDER BY id
SELECT TRIM(title) AS t, REPLACE(title, 'а', 'о') AS r, SUBSTRING(title, 1, 3) AS s FROM crm_deals ORDER BY id
SELECT LEFT(title, 2) AS a, RIGHT(title, 2) AS b FROM crm_deals ORDER BY id
SELECT title FROM crm_deals WHERE LOWER(title) LIKE '%сервис%'
SELECT LPAD(CAST(id AS CHAR(3)), 5, '0') AS padded FROM crm_deals ORDER BY id
## numbers
SELECT ABS(-5) AS a, CEIL(1.2) AS b, FLOOR(1.8) AS c, ROUND(1.25, 1) AS d, MOD(7, 3) AS e, POWER(2, 10) AS f, SQRT(16) AS g
SELECT CAST(opportunity AS DECIMAL(10, 0)) AS whole FROM crm_deals ORDER BY id
SELECT 1.5e3 AS a, .5 AS b, 1e-2 AS c
## dates
SELECT EXTRACT(YEAR FROM date_create) AS y, EXTRACT(MONTH FROM date_create) AS m, COUNT(*) AS n FROM crm_deals GROUP BY 1, 2 ORDER BY 1, 2
SELECT id FROM crm_deals WHERE date_create >= '2025-02-01' AND date_create < '2025-04-01' ORDER BY id
SELECT CAST(date_create AS DATE) AS day, COUNT(*) AS n FROM crm_deals GROUP BY CAST(date_create AS DATE) ORDER BY 1
SELECT id FROM crm_deals WHERE closedate < CURRENT_DATE AND stage_semantic_id = 'P' ORDER BY id
SELECT COUNT(*) AS n FROM crm_deals WHERE date_create <= CURRENT_TIMESTAMP
SELECT DATE '2025-01-31' AS last_day
## everything else a person writes
SELECT * FROM crm_deals ORDER BY id
SELECT d.* FROM crm_deals d ORDER BY d.id
select id from crm_deals order by id
SELECT id FROM crm_deals WHERE (closed = TRUE AND (opportunity > 100 OR opportunity IS NULL)) ORDER BY id
SELECT id FROM crm_deals WHERE closed IS TRUE ORDER BY id
SELECT id, opportunity > 1000 AS is_large FROM crm_deals ORDER BY id
SELECT AVG(CASE WHEN closed THEN 1.0 ELSE 0.0 END) AS closed_share FROM crm_deals
SELECT stage_id, COUNT(*) AS n FROM crm_deals GROUP BY stage_id HAVING SUM(opportunity) > 1000 AND COUNT(*) >= 1 ORDER BY n DESC, stage_id
