## dates as MySQL knows them
SELECT DATE_FORMAT(date_create, '%Y-%m') AS month, SUM(opportunity) AS revenue FROM crm_deals GROUP BY month ORDER BY month
SELECT DATE_FORMAT(date_create, '%d.%m.%Y %H:%i:%s') AS t, DATE_FORMAT(date_create, '%x-W%v') AS week FROM crm_deals ORDER BY id
SELECT YEAR(date_create) AS y, QUARTER(date_create) AS q, MONTH(date_create) AS m, COUNT(*) AS n FROM crm_deals GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
SELECT CONCAT(YEAR(date_create), '-Q', QUARTER(date_create)) AS quarter, COUNT(*) AS n FROM crm_deals GROUP BY 1 ORDER BY 1
SELECT WEEK(closedate, 1) AS w, DAYOFWEEK(closedate) AS d, WEEKDAY(closedate) AS wd, DAYNAME(closedate) AS name FROM crm_deals ORDER BY id
SELECT id, DATEDIFF(closedate, begindate) AS days FROM crm_deals ORDER BY id
SELECT id, TIMESTAMPDIFF(HOUR, date_create, date_modify) AS hours FROM crm_deals ORDER BY id
SELECT AVG(TIMESTAMPDIFF(DAY, date_create, date_modify)) AS mean FROM crm_deals WHERE closed = 1
SELECT id FROM crm_deals WHERE date_create >= NOW() - INTERVAL 30 YEAR ORDER BY id
SELECT id FROM crm_deals WHERE date_create >= DATE_SUB(CURDATE(), INTERVAL 30 YEAR) ORDER BY id
SELECT DATE_ADD('2025-01-31', INTERVAL 1 MONTH) AS next_month, '2025-01-31' + INTERVAL 1 DAY AS next_day
SELECT LAST_DAY(closedate) AS last_of_month, DAYOFYEAR(closedate) AS n FROM crm_deals ORDER BY id
SELECT STR_TO_DATE('31.01.2025', '%d.%m.%Y') AS d, MAKEDATE(2025, 32) AS m
SELECT DATE(date_create) AS day, COUNT(*) AS n FROM crm_deals GROUP BY DATE(date_create) ORDER BY day
SELECT EXTRACT(YEAR_MONTH FROM date_create) AS ym, EXTRACT(DAY_HOUR FROM date_create) AS dh FROM crm_deals ORDER BY id
SELECT UNIX_TIMESTAMP('2025-01-01 00:00:00') AS s, FROM_UNIXTIME(1735689600) AS t
SELECT SEC_TO_TIME(3661) AS t, TIME_TO_SEC('01:01:01') AS s, TIMEDIFF('10:00:00', '08:30:00') AS d
SELECT CONVERT_TZ('2025-01-01 12:00:00', '+00:00', '+03:00') AS local
SELECT TIMESTAMPADD(MONTH, 1, '2025-01-31') AS t, PERIOD_DIFF(202503, 202501) AS months, TO_DAYS('2025-01-01') AS days
SELECT CURRENT_DATE() <= CURDATE() AS a, CURRENT_TIMESTAMP() IS NOT NULL AS b, UTC_TIMESTAMP() IS NOT NULL AS c
SELECT id FROM crm_deals WHERE closedate BETWEEN DATE '2025-01-01' AND DATE '2025-03-31' ORDER BY id
WITH RECURSIVE d AS (SELECT CAST('2025-01-01' AS DATE) AS day UNION ALL SELECT day + INTERVAL 1 DAY FROM d WHERE day < '2025-01-10') SELECT day FROM d ORDER BY day
WITH RECURSIVE d (day) AS (SELECT DATE('2025-01-01') UNION ALL SELECT DATE_ADD(day, INTERVAL 1 MONTH) FROM d WHERE day < '2025-06-01') SELECT d.day, COUNT(x.id) AS n FROM d LEFT JOIN crm_deals x ON DATE_FORMAT(x.date_create, '%Y-%m-01') = d.day GROUP BY d.day ORDER BY d.day
WITH RECURSIVE h AS (SELECT 0 AS hour UNION ALL SELECT hour + 1 FROM h WHERE hour < 23) SELECT h.hour, COUNT(d.id) AS n FROM h LEFT JOIN crm_deals d ON HOUR(d.date_create) = h.hour GROUP BY h.hour ORDER BY h.hour
## measures of its own
SELECT GROUP_CONCAT(title ORDER BY id SEPARATOR ', ') AS titles FROM crm_deals
SELECT GROUP_CONCAT(DISTINCT currency_id ORDER BY currency_id DESC) AS currencies FROM crm_deals
SELECT currency_id, stage_id, SUM(opportunity) AS s FROM crm_deals GROUP BY currency_id, stage_id WITH ROLLUP
SELECT SUM(stage_semantic_id = 'S') AS won, SUM(IF(stage_semantic_id = 'F', 1, 0)) AS lost FROM crm_deals
SELECT COUNT(DISTINCT company_id, contact_id) AS pairs FROM crm_deals
SELECT BIT_OR(id) AS o, BIT_AND(id) AS a, STD(opportunity) AS s FROM crm_deals
SELECT id, SUM(opportunity) OVER (PARTITION BY assigned_by_id ORDER BY id ROWS UNBOUNDED PRECEDING) AS s FROM crm_deals ORDER BY id
SELECT id, NTH_VALUE(title, 2) OVER (ORDER BY id) AS second_title FROM crm_deals ORDER BY id
SELECT id, CUME_DIST() OVER (ORDER BY opportunity) AS cd FROM crm_deals ORDER BY id
SELECT VAR_POP(opportunity) AS v, STDDEV_SAMP(opportunity) AS s FROM crm_deals
## its limits and order
SELECT id FROM crm_deals ORDER BY id LIMIT 1, 3
SELECT id FROM crm_deals ORDER BY opportunity IS NULL, opportunity DESC, id LIMIT 3
SELECT id FROM crm_deals ORDER BY FIELD(stage_id, 'WON', 'LOSE', 'NEW'), id
(SELECT id FROM crm_deals ORDER BY opportunity DESC LIMIT 2) ORDER BY id
SELECT DISTINCTROW currency_id FROM crm_deals ORDER BY 1
## texts as MySQL knows them
SELECT "DROP TABLE crm_deals; --" AS text_in_double_quotes
SELECT 'it\'s; DELETE FROM x' AS quoted, 'a\\' AS backslash, 'line\nnext' AS two
SELECT title FROM crm_deals WHERE title LIKE '%50\%' ORDER BY id
SELECT title FROM crm_deals WHERE title REGEXP '^П' AND title NOT REGEXP 'drop[[:space:]]+table' ORDER BY id
SELECT title FROM crm_deals WHERE title RLIKE 'а$' ORDER BY id
SELECT CONCAT_WS(', ', name, NULL, last_name) AS n, SUBSTRING_INDEX('a,b,c', ',', 2) AS s FROM crm_users ORDER BY id
SELECT LOCATE('а', title) AS a, INSTR(title, 'р') AS b, MID(title, 2, 3) AS c, REVERSE(title) AS d FROM crm_deals ORDER BY id
SELECT FORMAT(opportunity, 2) AS f, TRUNCATE(opportunity, 0) AS t FROM crm_deals ORDER BY id
SELECT ELT(2, 'a', 'b', 'c') AS e, FIND_IN_SET('b', 'a,b,c') AS f, STRCMP('a', 'b') AS s
SELECT LPAD(id, 5, '0') AS l, RPAD(id, 5, '*') AS r, REPEAT('█', 10) AS bar, CONCAT('a', SPACE(3), 'b') AS s FROM crm_deals ORDER BY id
SELECT id FROM crm_deals WHERE title COLLATE utf8mb4_unicode_ci = 'ПОСТАВКА' ORDER BY id
SELECT SUBSTRING(title FROM 2 FOR 3) AS s, TRIM(LEADING 'П' FROM title) AS t, POSITION('а' IN title) AS p FROM crm_deals ORDER BY id
SELECT COUNT(*) AS n FROM crm_deals # DROP TABLE crm_deals
SELECT COUNT(*) AS n FROM crm_deals -- SLEEP(10)
SELECT 5--1 AS six, 5 - -1 AS also_six
SELECT COUNT(*) AS n FROM crm_deals /* plain comment /* that MySQL does not nest */
SELECT `id`, `title` FROM `crm_deals` ORDER BY `id`
SELECT COUNT(*) AS `DROP TABLE; --` FROM crm_deals
SELECT COUNT(*) AS 'Всего сделок' FROM crm_deals
SELECT `Сделки за год`.id FROM crm_deals AS `Сделки за год` ORDER BY 1
SELECT SHA2(title, 224) AS m, SHA2(title, 256) AS s, HEX(id) AS h FROM crm_deals ORDER BY id
SELECT 'a' 'b' AS glued
## JSON
SELECT JSON_EXTRACT(uf_crm_tags, '$[0]') AS t, JSON_LENGTH(uf_crm_tags) AS n FROM crm_deals WHERE uf_crm_tags IS NOT NULL ORDER BY id
SELECT JSON_UNQUOTE(JSON_EXTRACT(uf_crm_tags, '$[0]')) AS t FROM crm_deals WHERE JSON_VALID(uf_crm_tags) ORDER BY id
SELECT id FROM crm_deals WHERE JSON_CONTAINS(uf_crm_tags, '"a"') ORDER BY id
## types and logic
SELECT IF(closed, 'да', 'нет') AS c, IFNULL(source_id, '—') AS s, ISNULL(source_id) AS n FROM crm_deals ORDER BY id
SELECT CAST(opportunity AS SIGNED) AS s, CAST(id AS UNSIGNED) AS u, CAST(id AS CHAR) AS c, CONVERT(id, CHAR(10)) AS k FROM crm_deals ORDER BY id
SELECT CONVERT(title USING utf8mb4) AS t FROM crm_deals ORDER BY id
SELECT id FROM crm_deals WHERE source_id <=> NULL ORDER BY id
SELECT id FROM crm_deals WHERE closed && opportunity > 10 || id = 6 ORDER BY id
SELECT id FROM crm_deals WHERE closed XOR opportunity > 100000 ORDER BY id
SELECT 7 DIV 2 AS d, 7 MOD 3 AS m, 7 % 3 AS r, !0 AS n, 5 & 3 AS b, 5 | 3 AS o, 5 ^ 3 AS x, ~0 & 7 AS t
SELECT id FROM crm_deals WHERE (stage_id, currency_id) IN (('WON', 'RUB'), ('LOSE', 'RUB')) ORDER BY id
SELECT TRUE AND NOT FALSE AS t, NULL IS NULL AS n
SELECT id FROM crm_deals WHERE title != 'x' AND title <> 'y' ORDER BY id
SELECT CRC32('a') AS c, CONV(255, 10, 16) AS h, LOG2(8) AS l, PI() AS p, DEGREES(PI()) AS d
SELECT s.name, COUNT(*) AS n FROM crm_deals d INNER JOIN crm_statuses s ON s.status_id = d.stage_id GROUP BY s.name ORDER BY s.name
