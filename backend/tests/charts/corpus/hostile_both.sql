## a write
INSERT INTO crm_deals (id) VALUES (999)
INSERT INTO crm_deals SELECT * FROM crm_deals
UPDATE crm_deals SET title = 'x'
UPDATE crm_deals SET title = 'x' WHERE id = 1
DELETE FROM crm_deals
DELETE FROM crm_deals WHERE id = 1
TRUNCATE TABLE crm_deals
TRUNCATE crm_deals
DROP TABLE crm_deals
DROP TABLE IF EXISTS crm_deals
DROP VIEW v_crm_deals
CREATE TABLE x (id INT)
CREATE TABLE x AS SELECT * FROM crm_deals
CREATE TEMPORARY TABLE x (id INT)
CREATE VIEW x AS SELECT 1
CREATE OR REPLACE VIEW x AS SELECT * FROM crm_deals
CREATE INDEX x ON crm_deals (title)
DROP INDEX x ON crm_deals
ALTER TABLE crm_deals ADD COLUMN x INT
ALTER TABLE crm_deals DROP COLUMN title
ALTER TABLE crm_deals RENAME TO x
CREATE DATABASE x
DROP DATABASE postgres
CREATE SCHEMA x
DROP SCHEMA public
iNsErT iNtO crm_deals (id) VALUES (1000)
  delete from crm_deals
/* a chart */ DELETE FROM crm_deals
-- a chart⏎DELETE FROM crm_deals
(DELETE FROM crm_deals)
## a write behind a WITH or in a subquery
WITH x AS (SELECT 1) DELETE FROM crm_deals
WITH x AS (SELECT 1 AS id) UPDATE crm_deals SET title = 'x' WHERE id IN (SELECT id FROM x)
WITH x AS (SELECT 1 AS id) INSERT INTO crm_deals (id) SELECT id FROM x
WITH x AS (DELETE FROM crm_deals RETURNING id) SELECT * FROM x
WITH x AS (INSERT INTO crm_deals (id) VALUES (1001) RETURNING id) SELECT * FROM x
WITH x AS (UPDATE crm_deals SET title = 'x' RETURNING id) SELECT * FROM x
SELECT * FROM (DELETE FROM crm_deals RETURNING id) t
SELECT id FROM crm_deals WHERE id IN (DELETE FROM crm_deals RETURNING id)
EXPLAIN DELETE FROM crm_deals
EXPLAIN ANALYZE DELETE FROM crm_deals
EXPLAIN SELECT * FROM crm_deals
DESCRIBE crm_deals
ANALYZE TABLE crm_deals
## rights and users
GRANT ALL ON crm_deals TO PUBLIC
GRANT SELECT ON operators TO x
REVOKE ALL ON crm_deals FROM x
CREATE USER x
CREATE ROLE x
DROP USER x
DROP ROLE x
ALTER USER root IDENTIFIED BY 'x'
ALTER ROLE postgres PASSWORD 'x'
SET PASSWORD = 'x'
SET ROLE postgres
## transactions and sessions
BEGIN
START TRANSACTION
START TRANSACTION READ WRITE
COMMIT
ROLLBACK
SAVEPOINT x
RELEASE SAVEPOINT x
ROLLBACK TO SAVEPOINT x
SET TRANSACTION READ WRITE
SET SESSION TRANSACTION READ WRITE
SET x = 1
SET NAMES latin1
SET time_zone = '+03:00'
## several statements
SELECT 1; DROP TABLE crm_deals
SELECT 1; SELECT 2
SELECT 1;;SELECT 2
SELECT 1; -- x⏎DELETE FROM crm_deals
SELECT 1; /* x */ DELETE FROM crm_deals
SELECT 1;⏎⏎UPDATE crm_deals SET title = 'x'
COMMIT; DROP TABLE crm_deals
SELECT 1; COMMIT; DELETE FROM crm_deals
ROLLBACK; SET SESSION TRANSACTION READ WRITE; DELETE FROM crm_deals
; DELETE FROM crm_deals
SELECT 1; BEGIN
SELECT 1 ;SELECT * FROM operators
## tables of the service and of the server
SELECT * FROM sync_log
SELECT * FROM sync_quarantine
SELECT * FROM operators
SELECT password_hash FROM operators
SELECT d.id FROM crm_deals d JOIN operators o ON o.id = d.id
SELECT id FROM crm_deals UNION ALL SELECT id FROM operators
SELECT id FROM crm_deals UNION SELECT password_hash FROM operators
SELECT (SELECT password_hash FROM operators LIMIT 1) AS x FROM crm_deals
SELECT id FROM crm_deals WHERE id = (SELECT MAX(id) FROM operators)
SELECT id FROM crm_deals WHERE EXISTS (SELECT 1 FROM operators WHERE email LIKE 'a%')
SELECT id FROM crm_deals ORDER BY (SELECT COUNT(*) FROM operators)
SELECT COUNT(*) FROM crm_deals GROUP BY (SELECT COUNT(*) FROM operators)
SELECT COUNT(*) FROM crm_deals HAVING COUNT(*) > (SELECT COUNT(*) FROM operators)
SELECT CASE WHEN EXISTS (SELECT 1 FROM operators) THEN 1 END AS x FROM crm_deals
SELECT SUM((SELECT COUNT(*) FROM operators)) OVER () AS x FROM crm_deals
WITH operators AS (SELECT * FROM operators) SELECT * FROM operators
WITH x AS (SELECT * FROM operators) SELECT * FROM x
WITH crm_x AS (SELECT * FROM sync_log) SELECT COUNT(*) FROM crm_x
WITH a AS (SELECT 1 AS x), b AS (WITH sync_log AS (SELECT 1 AS y) SELECT y FROM sync_log) SELECT * FROM sync_log
SELECT * FROM b; WITH b AS (SELECT 1) SELECT 1
WITH a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a
SELECT * FROM (WITH q AS (SELECT 1 AS x) SELECT * FROM q) t, q
SELECT * FROM crm_unknown
SELECT * FROM alembic_version
SELECT * FROM information_schema.tables
SELECT * FROM information_schema.columns
SELECT table_name FROM INFORMATION_SCHEMA.TABLES WHERE table_name LIKE 'crm%'
SELECT * FROM other.crm_deals
SELECT other.crm_deals.id FROM crm_deals
SELECT * FROM crm_deals, information_schema.tables
SELECT * FROM crm_deals d LEFT JOIN sync_log l ON l.id = d.id
SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM operators) a) b) c
SELECT * FROM a.b.crm_deals
TABLE operators
TABLE crm_deals
VALUES (1), (2)
## who, where and which version
SELECT version()
SELECT VERSION ()
SELECT CURRENT_USER
SELECT current_user
SELECT SESSION_USER
SELECT user()
SELECT session_user()
SELECT database()
SELECT id, version() FROM crm_deals
SELECT CONCAT('v', version()) FROM crm_deals
SELECT COUNT(*) FROM crm_deals WHERE version() LIKE '1%'
SELECT id FROM crm_deals ORDER BY version()
SELECT CURRENT_ROLE
## locks
SELECT * FROM crm_deals FOR UPDATE
SELECT * FROM crm_deals FOR UPDATE NOWAIT
SELECT * FROM crm_deals FOR UPDATE SKIP LOCKED
SELECT * FROM crm_deals FOR SHARE
SELECT * FROM crm_deals WHERE id = 1 FOR UPDATE
SELECT * FROM (SELECT * FROM crm_deals FOR UPDATE) t
LOCK TABLES crm_deals WRITE
LOCK TABLE crm_deals IN ACCESS EXCLUSIVE MODE
UNLOCK TABLES
## a join in which every row meets every other
SELECT COUNT(*) FROM crm_deals, crm_leads
SELECT COUNT(*) FROM crm_deals CROSS JOIN crm_leads
SELECT COUNT(*) FROM crm_deals a, crm_deals b, crm_deals c
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON 1 = 1
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON TRUE
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON d.id = d.id
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON d.id = 1 AND l.id = 2
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON d.id = l.id OR 1 = 1
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON d.id <> l.id
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON NOT d.id = l.id
SELECT COUNT(*) FROM crm_deals d JOIN crm_leads l ON d.id < l.id
SELECT COUNT(*) FROM crm_deals d, crm_leads l WHERE d.id > 0 AND l.id > 0
SELECT COUNT(*) FROM crm_deals d LEFT JOIN crm_leads l ON d.id IS NOT NULL
SELECT COUNT(*) FROM crm_deals d JOIN crm_companies c ON c.id = d.company_id, crm_leads l
SELECT COUNT(*) FROM (SELECT id FROM crm_deals) a, (SELECT id FROM crm_leads) b
WITH a AS (SELECT id FROM crm_deals), b AS (SELECT id FROM crm_leads) SELECT COUNT(*) FROM a, b
SELECT COUNT(*) FROM crm_deals NATURAL JOIN crm_leads
SELECT (SELECT COUNT(*) FROM crm_deals a, crm_deals b) AS n
SELECT COUNT(*) FROM crm_deals WHERE id IN (SELECT a.id FROM crm_deals a, crm_leads b)
SELECT 1 FROM (crm_deals d CROSS JOIN crm_users u)
SELECT 1 FROM (crm_deals d JOIN crm_users u ON TRUE)
SELECT 1 FROM (crm_deals d, crm_users u)
SELECT 1 FROM ((crm_deals d CROSS JOIN crm_users u))
SELECT 1 FROM crm_deals d JOIN (crm_users u CROSS JOIN crm_leads l) ON u.id = d.id
SELECT 1 FROM crm_deals d, (crm_users u), crm_leads l WHERE d.id = u.id
SELECT 1 FROM crm_deals d JOIN crm_users u ON d.id * 0 = u.id * 0
SELECT 1 FROM crm_deals d JOIN crm_users u ON d.id - d.id = u.id - u.id
SELECT 1 FROM crm_deals d JOIN crm_users u ON (d.id = u.id) = (d.id = u.id)
SELECT 1 FROM crm_deals d JOIN crm_users u ON (d.id = u.id) IS NOT NULL
SELECT 1 FROM crm_deals d JOIN crm_users u ON COALESCE(d.id = u.id, TRUE)
SELECT 1 FROM crm_deals d JOIN crm_users u ON CASE WHEN d.id = u.id THEN TRUE ELSE TRUE END
SELECT 1 FROM crm_deals d JOIN crm_users u ON d.id IN (u.id, d.id)
SELECT 1 FROM crm_deals d JOIN crm_users u ON d.id BETWEEN u.id AND u.id + 1000000
SELECT 1 FROM (SELECT id FROM crm_deals LIMIT 100) a, (SELECT id FROM crm_deals LIMIT 100) b, (SELECT id FROM crm_deals LIMIT 100) c
## recursion that nothing stops
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r WHERE n < 10) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n - 1 FROM r WHERE n < 10) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 0 FROM r WHERE n < 10) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n > 0) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 100000000) SELECT COUNT(*) FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 10 OR 1 = 1) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS a, 1 AS b UNION ALL SELECT a, a + 1 FROM r WHERE a < 10) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT MAX(id) FROM crm_deals)) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r, (SELECT 1 AS x UNION ALL SELECT 2) t WHERE n < 50) SELECT COUNT(*) FROM r
WITH RECURSIVE r AS (SELECT id FROM crm_deals UNION ALL SELECT d.id FROM crm_deals d JOIN r ON r.id = d.id) SELECT COUNT(*) FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT r.n + 1 FROM r JOIN r r2 ON r2.n = r.n WHERE r.n < 10) SELECT * FROM r
## values and lists of any size
SELECT REPEAT('a', 1000000000)
SELECT REPEAT(title, id) FROM crm_deals
SELECT REPEAT(REPEAT('a', 200), 200)
SELECT LPAD('a', 1000000000, 'b')
SELECT RPAD('a', 100000000, 'b')
SELECT CAST('a' AS CHAR(1000000000))
SELECT REPLACE(REPLACE(REPLACE(REPLACE('a', 'a', 'aaaaaaaa'), 'a', 'aaaaaaaa'), 'a', 'aaaaaaaa'), 'a', 'aaaaaaaa')
WITH a AS (SELECT 1 AS x UNION ALL SELECT 1), b AS (SELECT a.x FROM a UNION ALL SELECT x FROM a), c AS (SELECT x FROM b UNION ALL SELECT x FROM b), d AS (SELECT x FROM c UNION ALL SELECT x FROM c), e AS (SELECT x FROM d UNION ALL SELECT x FROM d), f AS (SELECT x FROM e UNION ALL SELECT x FROM e), g AS (SELECT x FROM f UNION ALL SELECT x FROM f), h AS (SELECT x FROM g UNION ALL SELECT x FROM g), i AS (SELECT x FROM h UNION ALL SELECT x FROM h), j AS (SELECT x FROM i UNION ALL SELECT x FROM i), k AS (SELECT id FROM crm_deals), l AS (SELECT id FROM k UNION ALL SELECT id FROM k), m AS (SELECT id FROM l UNION ALL SELECT id FROM l), n AS (SELECT id FROM m UNION ALL SELECT id FROM m), o AS (SELECT id FROM n UNION ALL SELECT id FROM n), p AS (SELECT id FROM o UNION ALL SELECT id FROM o), q AS (SELECT id FROM p UNION ALL SELECT id FROM p), r AS (SELECT id FROM q UNION ALL SELECT id FROM q), s AS (SELECT id FROM r UNION ALL SELECT id FROM r), t AS (SELECT id FROM s UNION ALL SELECT id FROM s) SELECT COUNT(*) FROM t
SELECT ((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))
## functions that nobody allowed
SELECT my_function(1)
SELECT crm.my_function(1)
SELECT my_schema.count(id) FROM crm_deals
SELECT id FROM crm_deals WHERE my_function(id) > 1
SELECT COUNT(my_function(id)) FROM crm_deals
SELECT id FROM crm_deals ORDER BY my_function(id)
SELECT SUM(id) OVER (ORDER BY my_function(id)) FROM crm_deals
SELECT CASE WHEN my_function(1) THEN 1 END
SELECT COALESCE(NULL, my_function(1))
SELECT * FROM my_function(1)
SELECT * FROM crm_deals d JOIN my_function(1) f ON f.id = d.id
## statements of other kinds
CALL do_something()
EXECUTE x
PREPARE x FROM 'SELECT 1'
DEALLOCATE PREPARE x
SHOW TABLES
SHOW DATABASES
USE other
ANALYZE
VACUUM
CHECKPOINT
KILL 1
RESET ALL
HELP 'x'
MERGE INTO crm_deals USING crm_leads ON 1 = 1 WHEN MATCHED THEN DELETE
DECLARE x CURSOR FOR SELECT 1
FETCH ALL FROM x
CLOSE x
## what cannot be read, or can be read in two ways
SELECT
SELECT FROM WHERE
SELECT 'not closed
SELECT (1
SELECT 1)
SELECT 1 /* not closed
SELECT "not closed
hello

⏎
SELECT 1␀
SELECT 1 ⍽ FROM crm_deals
SELECT “1”
SELECT ‘1’
SELECT 1 FROM crm_deals WHERE {d '2025-01-01'}
SELECT \N
SELECT 1 \g
\! ls
DELIMITER //
SELECT * FROM crm_deals WHERE id = ?
SELECT 1e
SELECT * FROM crm_deals PROCEDURE ANALYSE()
WITH RECURSIVE r AS (SELECT$$ AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r
