package store_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"fugong/internal/store/storetest"
	"fugong/migrations"
)

func TestMigrationsComeInPairs(t *testing.T) {
	names := func(folder string) []string {
		files, err := fs.Glob(migrations.Files, folder+"/*")
		if err != nil || len(files) == 0 {
			t.Fatalf("no migrations in %s: %v", folder, err)
		}
		for i := range files {
			files[i] = strings.TrimPrefix(files[i], folder+"/")
			if !strings.HasSuffix(files[i], ".tx.up.sql") {
				t.Errorf("%s/%s does not run in a transaction", folder, files[i])
			}
		}
		return files
	}
	if diff := gocmp.Diff(names("sqlite"), names("postgres")); diff != "" {
		t.Errorf("folders differ (-sqlite +postgres):\n%s", diff)
	}
}

// TestSchemasAgree compares what the migrations make: tables, columns, types, nullability, keys and unique indexes.
func TestSchemasAgree(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.db")
	storetest.Open(t, file, storetest.Keys(t))
	server := storetest.Postgres(t)
	storetest.Open(t, server, storetest.Keys(t))

	lite := lines(t, "sqlite", file, sqliteColumns, sqliteIndexes)
	post := lines(t, "pgx", server, postgresColumns, postgresIndexes)
	if len(lite) < 200 {
		t.Fatalf("only %d lines describe the schema", len(lite))
	}
	if diff := gocmp.Diff(lite, post); diff != "" {
		t.Errorf("schemas differ (-sqlite +postgres):\n%s", diff)
	}
}

// Each query gives one line of text a column or an index. The types of ids and of views' columns are the databases' own.
const (
	sqliteColumns = `
		SELECT m.type || ' ' || m.name || '.' || c.name || CASE WHEN m.type = 'view' THEN '' ELSE
		  CASE WHEN c.pk = 1 AND c.type = 'INTEGER' THEN ' BIGINT' ELSE ' ' || c.type END ||
		  CASE WHEN c."notnull" OR c.pk > 0 THEN ' NOT NULL' ELSE '' END || CASE WHEN c.pk > 0 THEN ' KEY' ELSE '' END END
		FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'bun_%' AND m.name NOT LIKE 'sqlite_%'`
	sqliteIndexes = `
		SELECT 'unique ' || m.name || ' (' || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')' ||
		  CASE WHEN i.partial THEN ' partial' ELSE '' END
		FROM sqlite_master m JOIN pragma_index_list(m.name) i
		WHERE m.type = 'table' AND i."unique" AND i.origin <> 'pk' AND m.name NOT LIKE 'bun_%'`
	postgresColumns = `
		SELECT CASE r.relkind WHEN 'v' THEN 'view ' ELSE 'table ' END || r.relname || '.' || a.attname || CASE WHEN r.relkind = 'v' THEN '' ELSE
		  ' ' || CASE format_type(a.atttypid, NULL) WHEN 'bytea' THEN 'BLOB' ELSE upper(format_type(a.atttypid, NULL)) END ||
		  CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || CASE WHEN k.indrelid IS NULL THEN '' ELSE ' KEY' END END
		FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid
		LEFT JOIN pg_index k ON k.indrelid = r.oid AND k.indisprimary AND a.attnum = ANY (k.indkey)
		WHERE r.relnamespace = current_schema()::regnamespace AND r.relkind IN ('r', 'v') AND a.attnum > 0 AND r.relname NOT LIKE 'bun_%'`
	postgresIndexes = `
		SELECT 'unique ' || r.relname || ' (' || (SELECT string_agg(a.attname, ',' ORDER BY n) FROM unnest(i.indkey) WITH ORDINALITY k(att, n)
		    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.att) || ')' || CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END
		FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid
		WHERE r.relnamespace = current_schema()::regnamespace AND i.indisunique AND NOT i.indisprimary AND r.relname NOT LIKE 'bun_%'`
)

func lines(t *testing.T, driver, dsn string, queries ...string) []string {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all []string
	for _, q := range queries {
		rows, err := db.QueryContext(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			all = append(all, line)
		}
		if err := cmp.Or(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

func TestViewsReadLikeAClock(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn, storetest.Keys(t))
		district(t, s)
		storetest.Import(t, s, "results", "证件号码,采样时间,检测结果\n"+wang+",2022-05-05 07:30,阳性")
		driver := "sqlite"
		if strings.HasPrefix(dsn, "postgres") {
			driver = "pgx"
		}
		got := lines(t, driver, dsn, "SELECT name || ' ' || outcome || ' ' || sampled_at FROM v_results")
		if want := []string{"王小明 positive 2022-05-05 07:30:00"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for _, view := range []string{"sections", "roster", "temperatures", "rooms", "stays", "disinfections", "passages", "flags", "verdicts"} {
			lines(t, driver, dsn, fmt.Sprintf("SELECT 'x' FROM (SELECT * FROM v_%s) v", view))
		}
	})
}
