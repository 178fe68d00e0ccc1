## sleeping
SELECT pg_sleep(10)
SELECT PG_SLEEP(10)
SELECT pg_sleep_for('10 seconds')
SELECT pg_sleep_until('tomorrow')
SELECT "pg_sleep"(10)
SELECT pg_catalog.pg_sleep(10)
SELECT "pg_catalog"."pg_sleep"(10)
SELECT pg_sleep /* x */ (10)
SELECT id FROM crm_deals WHERE pg_sleep(1) IS NULL
SELECT CASE WHEN 1 = 1 THEN pg_sleep(1) END
SELECT COUNT(*) FROM crm_deals, pg_sleep(10)
SELECT * FROM pg_sleep(10) AS t
SELECT * FROM LATERAL pg_sleep(1) t
SELECT * FROM ROWS FROM (pg_sleep(1)) AS t
SELECT (SELECT pg_sleep(1))
SELECT COUNT(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM crm_deals
SELECT SUM(id) OVER (ORDER BY pg_sleep(1)) FROM crm_deals
SELECT d.pg_sleep FROM crm_deals d
SELECT U&"\0070g_sleep"(10)
## files and the server's folders
SELECT pg_read_file('/etc/passwd')
SELECT pg_read_binary_file('/etc/passwd')
SELECT pg_ls_dir('/')
SELECT * FROM pg_ls_dir('/')
SELECT pg_stat_file('/etc/passwd')
SELECT pg_ls_logdir()
SELECT pg_ls_waldir()
SELECT pg_ls_tmpdir()
SELECT pg_current_logfile()
SELECT lo_import('/etc/passwd')
SELECT lo_export(1, '/tmp/x')
SELECT lo_create(0)
SELECT lo_from_bytea(0, 'x')
SELECT lo_unlink(1)
SELECT lo_get(1)
SELECT lo_put(1, 0, 'x')
SELECT lowrite(0, 'x')
SELECT loread(0, 100)
SELECT lo_open(1, 262144)
COPY crm_deals TO '/tmp/x'
COPY crm_deals FROM '/tmp/x'
COPY (SELECT 1) TO PROGRAM 'ls'
COPY crm_deals FROM PROGRAM 'ls'
COPY crm_deals TO STDOUT
SELECT * INTO x FROM crm_deals
SELECT id INTO TEMP x FROM crm_deals
SELECT 1 INTO UNLOGGED TABLE x
WITH a AS (SELECT 1 AS id) SELECT * INTO x FROM a
## SQL in a string, XML and other databases
SELECT query_to_xml('DELETE FROM crm_deals', true, true, '')
SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')
SELECT table_to_xml('operators', true, true, '')
SELECT database_to_xml(true, true, '')
SELECT schema_to_xml('public', true, true, '')
SELECT cursor_to_xml('x', 1, true, true, '')
SELECT xmlparse(DOCUMENT '<a/>')
SELECT xpath('/a', '<a/>'::xml)
SELECT '<a/>'::xml
SELECT xmlelement(name x)
SELECT * FROM XMLTABLE('/a' PASSING '<a/>' COLUMNS x TEXT PATH '.')
SELECT ts_stat('SELECT 1')
SELECT * FROM ts_stat('SELECT to_tsvector(title) FROM crm_deals')
SELECT ts_rewrite('a'::tsquery, 'SELECT 1')
SELECT dblink('host=x', 'SELECT 1')
SELECT * FROM dblink('host=x', 'SELECT 1') AS t(id int)
SELECT dblink_connect('x')
SELECT dblink_exec('DROP TABLE crm_deals')
SELECT * FROM connectby('operators', 'id', 'id', '1', 0)
SELECT * FROM crosstab('SELECT 1, 2, 3')
SELECT inet_server_addr()
SELECT inet_client_addr()
SELECT inet_server_port()
## settings, sessions and other people's queries
SELECT set_config('statement_timeout', '0', false)
SELECT set_config('transaction_read_only', 'off', false)
SELECT set_config('search_path', 'pg_temp', true)
SELECT current_setting('data_directory')
SELECT current_setting('statement_timeout')
SELECT pg_reload_conf()
SELECT pg_rotate_logfile()
SELECT pg_cancel_backend(1)
SELECT pg_terminate_backend(1)
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
SELECT pg_backend_pid()
SELECT pg_promote()
SELECT pg_switch_wal()
SELECT pg_create_restore_point('x')
SELECT pg_backup_start('x')
SELECT pg_start_backup('x')
SELECT pg_stat_reset()
SELECT pg_stat_statements_reset()
SELECT pg_log_backend_memory_contexts(1)
SELECT pg_export_snapshot()
SELECT txid_current()
SELECT pg_current_xact_id()
SELECT pg_logical_emit_message(false, 'x', 'y')
SELECT pg_create_logical_replication_slot('x', 'test_decoding')
SELECT pg_create_physical_replication_slot('x')
SELECT pg_drop_replication_slot('x')
SELECT pg_replication_origin_create('x')
SELECT pg_notify('x', 'y')
NOTIFY x, 'y'
LISTEN x
UNLISTEN *
DISCARD ALL
SET statement_timeout = 0
SET LOCAL statement_timeout = 0
SET SESSION AUTHORIZATION postgres
RESET statement_timeout
SHOW statement_timeout
ALTER SYSTEM SET work_mem = '1GB'
LOAD 'auto_explain'
DO $$ BEGIN DELETE FROM crm_deals; END $$
DO LANGUAGE plpgsql 'BEGIN PERFORM 1; END'
CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'
CREATE EXTENSION dblink
REFRESH MATERIALIZED VIEW v_crm_deals
REINDEX TABLE crm_deals
CLUSTER crm_deals
COMMENT ON TABLE crm_deals IS 'x'
SECURITY LABEL ON TABLE crm_deals IS 'x'
IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z
## advisory locks and sequences
SELECT pg_advisory_lock(1)
SELECT pg_advisory_xact_lock(1)
SELECT pg_try_advisory_lock(1)
SELECT pg_advisory_lock_shared(1)
SELECT pg_advisory_unlock_all()
SELECT pg_advisory_unlock(1)
SELECT nextval('x')
SELECT setval('x', 1)
SELECT lastval()
SELECT currval('x')
SELECT * FROM crm_deals FOR NO KEY UPDATE
SELECT * FROM crm_deals d FOR KEY SHARE OF d
## the catalogue
SELECT * FROM pg_catalog.pg_tables
SELECT * FROM pg_tables
SELECT * FROM pg_class
SELECT rolname, rolpassword FROM pg_authid
SELECT * FROM pg_shadow
SELECT * FROM pg_user
SELECT * FROM pg_roles
SELECT * FROM pg_stat_activity
SELECT * FROM pg_settings
SELECT * FROM pg_hba_file_rules
SELECT * FROM pg_file_settings
SELECT * FROM pg_locks
SELECT * FROM pg_proc
SELECT * FROM pg_stats WHERE tablename = 'operators'
SELECT * FROM pg_temp.x
SELECT * FROM pg_toast.pg_toast_1
SELECT 'operators'::regclass
SELECT 'pg_sleep'::regproc
SELECT 1::oid
SELECT to_regclass('operators')
SELECT pg_get_viewdef('v_crm_deals')
SELECT pg_get_functiondef(1)
SELECT pg_relation_filepath('crm_deals')
SELECT pg_database_size('postgres')
SELECT pg_total_relation_size('crm_deals')
SELECT has_table_privilege('operators', 'SELECT')
SELECT obj_description(1)
SELECT col_description(1, 1)
SELECT current_database()
SELECT current_schema()
SELECT current_schemas(true)
SELECT CURRENT_CATALOG
SELECT CURRENT_SCHEMA
SELECT ctid, xmin FROM crm_deals
SELECT d.tableoid FROM crm_deals d
SELECT pg_typeof(1)
SELECT pg_size_pretty(1000)
SELECT * FROM "CRM_DEALS"
SELECT * FROM "Crm_Deals"
SELECT * FROM "public"."operators"
SELECT * FROM Public.Sync_Log
SELECT * FROM ONLY operators
SELECT crm_deals::text, operators FROM crm_deals, operators
## values and lists of any size
SELECT generate_series(1, 10000000)
SELECT id, generate_series(1, 10) FROM crm_deals
SELECT generate_series(generate_series('2000-01-01'::date, '2020-01-01', '1 day'), now(), '1 day')
SELECT COUNT(*) FROM (SELECT generate_series(1, 9000)) a, (SELECT generate_series(1, 9000)) b
SELECT COUNT(*) FROM generate_series(1, 1000000000)
SELECT COUNT(*) FROM generate_series(1, 1000000000, 1) AS g
SELECT COUNT(*) FROM generate_series(1, (SELECT MAX(id) FROM crm_deals)) AS g
SELECT COUNT(*) FROM generate_series('2000-01-01'::timestamp, '2100-01-01', '1 second') AS g
SELECT COUNT(*) FROM generate_series('2000-01-01'::timestamp, '2100-01-01', INTERVAL '1 millisecond') AS g
SELECT COUNT(*) FROM generate_series(now(), now() + interval '1 day', '0 days') AS g
SELECT COUNT(*) FROM generate_series(1, 1000) a, generate_series(1, 1000) b, generate_series(1, 1000) c
SELECT format('%1000000000s', 'x')
SELECT array_fill(1, ARRAY[100000000])
SELECT string_to_table('a,b', ',')
SELECT regexp_split_to_table('a', '')
SELECT jsonb_path_query('[]', '$[*]')
SELECT unnest(ARRAY[1, 2, 3])
SELECT gen_random_uuid()
SELECT random()
SELECT setseed(0.5)
SELECT factorial(100000)
SELECT crypt('x', gen_salt('bf', 20))
SELECT repeat('x', 1000)
SELECT rpad('x', id::int) FROM crm_deals
SELECT CAST('a' AS char(100000000))
SELECT json_agg(d) FROM crm_deals d
SELECT row_to_json(d) FROM crm_deals d
SELECT xmlagg(title::xml) FROM crm_deals
SELECT * FROM crm_deals TABLESAMPLE SYSTEM (10)
SELECT (ARRAY[1, 2])[1]
SELECT ROW(1, 2)
SELECT (d).id FROM crm_deals d
SELECT crm_deals.*::text FROM crm_deals
## spellings that hide something
SELECT U&'\0041'
SELECT U&'d!0061t!+000061' UESCAPE '!'
SELECT x'1FF'
SELECT b'1010'
SELECT N'abc'
SELECT E'\x41'
SELECT E'\101'
SELECT E'\u0041'
SELECT E'a' /* x */ 'b'; DELETE FROM crm_deals
SELECT 'a\'; DELETE FROM crm_deals; --'
SELECT E'a\'; DELETE FROM crm_deals; --
SELECT $a$ x $b$
SELECT $1
SELECT $$ a $$; DELETE FROM crm_deals; SELECT $$ b $$
SELECT 1 /* /* */; DELETE FROM crm_deals; --
SELECT 1 /*+ SeqScan(crm_deals) */
SELECT 1 -- \⏎; DELETE FROM crm_deals
SELECT 1⏎;⏎DROP TABLE crm_deals⏎;
SELECT id FROM crm_deals WHERE id OPERATOR(pg_catalog.=) 1
SELECT 1 OPERATOR(public.+) 1
SELECT `id` FROM crm_deals
SELECT @@version
SELECT @x
SELECT id AS "a" FROM crm_deals AS "b"; DROP TABLE "a"
SELECT CAST('x' AS bytea)
SELECT 'x'::name
SELECT '{}'::int4range
SELECT convert_from('\x41', 'UTF8')
SELECT encode('x', 'hex')
SELECT decode('41', 'hex')
SELECT current_query()
SELECT pg_column_size(title) FROM crm_deals
SELECT pg_client_encoding()
SELECT getpgusername()
SELECT inet '1.1.1.1'
SELECT getdatabaseencoding()
SELECT binary_upgrade_set_next_pg_type_oid(1)
SELECT pg_extension_config_dump('x', '')
WITH x AS (MERGE INTO crm_deals d USING crm_leads l ON d.id = l.id WHEN MATCHED THEN DELETE) SELECT 1
WITH t AS (TABLE operators) SELECT * FROM t
SELECT * FROM crm_deals WHERE id = ANY (TABLE operators)
SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (x int PATH '$')) AS t
SELECT 1 UNION ALL SELECT pg_backend_pid()
SELECT id FROM crm_deals LIMIT pg_backend_pid()
SELECT id FROM crm_deals OFFSET (SELECT COUNT(*) FROM operators)
SELECT id FROM crm_deals FETCH FIRST (SELECT 5 FROM operators) ROWS ONLY
SELECT id FROM crm_deals WHERE title = 'x' COLLATE "pg_catalog"."C"
SELECT EXTRACT(x FROM date_create), pg_sleep(1) FROM crm_deals
WITH RECURSIVE r(d) AS (SELECT now() UNION ALL SELECT d + INTERVAL '1 second' FROM r WHERE d < '9999-01-01') SELECT COUNT(*) FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM r) SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 10) SEARCH DEPTH FIRST BY n SET o SELECT * FROM r
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 10) CYCLE n SET c USING p SELECT * FROM r
