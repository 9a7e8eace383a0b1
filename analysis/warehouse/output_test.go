package warehouse_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// everything has each kind of value, with a null in each column.
const everything = `select * from (values
	('姚晨', 42, 1.5, true, date '2011-06-20', timestamp '2011-06-20 09:41:00', 12::hugeint, ['a', 'b'], 0.10::decimal(4, 2), 'nan'::double),
	('=1+1', -7, -0.000001, false, date '0999-01-01', timestamp '1969-12-31 23:59:59.5', null, null, null, null),
	(null, null, null, null, null, null, null, null, null, null)
) v("text", "n", "x", "is", "on", "at", big, list, dec, nan)`

func export(t testing.TB, q analysis.Querier, query string, format warehouse.Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := warehouse.Export(t.Context(), q, query, format, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExportText(t *testing.T) {
	t.Parallel()
	db := published(t)
	want := map[warehouse.Format]string{
		warehouse.TableFormat: strings.Join([]string{
			"text     n          x  is     on          at                       big  list        dec   nan",
			"----  ----  ---------  -----  ----------  ----------------------  ----  ---------  ----  ----",
			"姚晨    42        1.5  true   2011-06-20  2011-06-20T09:41:00Z      12  [\"a\",\"b\"]   0.1  null",
			"=1+1    -7  -0.000001  false  0999-01-01  1969-12-31T23:59:59.5Z  null  null       null  null",
			"null  null       null  null   null        null                    null  null       null  null",
			"(3 rows)", ""}, "\n"),
		warehouse.CSVFormat: "text,n,x,is,on,at,big,list,dec,nan\n" +
			"姚晨,42,1.5,true,2011-06-20,2011-06-20T09:41:00Z,12,\"[\"\"a\"\",\"\"b\"\"]\",0.1,\n" +
			"'=1+1,-7,-0.000001,false,0999-01-01,1969-12-31T23:59:59.5Z,,,,\n" +
			",,,,,,,,,\n",
		warehouse.JSONFormat: "[\n" +
			`{"text":"姚晨","n":42,"x":1.5,"is":true,"on":"2011-06-20","at":"2011-06-20T09:41:00Z","big":12,"list":"[\"a\",\"b\"]","dec":0.1,"nan":null},` + "\n" +
			`{"text":"=1+1","n":-7,"x":-0.000001,"is":false,"on":"0999-01-01","at":"1969-12-31T23:59:59.5Z","big":null,"list":null,"dec":null,"nan":null},` + "\n" +
			`{"text":null,"n":null,"x":null,"is":null,"on":null,"at":null,"big":null,"list":null,"dec":null,"nan":null}` + "\n]\n",
	}
	for format, want := range want {
		got := export(t, db, everything, format)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", format, d)
		}
	}
	if got := export(t, db, "select 1 as a where false", warehouse.JSONFormat); got != "[\n]\n" {
		t.Errorf("no rows as JSON: %q", got)
	}
	var rows []map[string]any
	if err := json.Unmarshal([]byte(export(t, db, everything, warehouse.JSONFormat)), &rows); err != nil || len(rows) != 3 {
		t.Errorf("the JSON has %d rows, %v", len(rows), err)
	}
}

func TestExportGivesColumnsNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	db := published(t)
	if got, want := export(t, db, `select 1 as a, 2 as a, 3 as "a_2", 4 as "=b"`, warehouse.CSVFormat), "a,a_2,a_2_2,'=b\n1,2,3,4\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExportDefusesCells(t *testing.T) {
	t.Parallel()
	db := published(t)
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1-2": "'+1-2", "-a": "'-a", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1",
		"＝1": "'＝1", "＠x": "'＠x", "-5": "-5", "+1.5e3": "+1.5e3", "-inf": "'-inf", "-0x1f": "'-0x1f",
		"a=1": "a=1", "": "", "'=1": "'=1",
	} {
		var out strings.Builder
		if err := warehouse.Export(t.Context(), db, "select '"+strings.ReplaceAll(cell, "'", "''")+"' as c, 1 as d", warehouse.CSVFormat, &out); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(out.String()))
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[1][0]; got != want {
			t.Errorf("cell %q became %q, want %q", cell, got, want)
		}
	}
}

func TestTheTableShowsStrangersTextSafely(t *testing.T) {
	t.Parallel()
	db := published(t)
	got := export(t, db, `select chr(27) || '[31m' || chr(8238) || 'evil' || chr(10) || chr(65279) || chr(917601) as name, 'ｗｉｄｅ' as w, 'e' || chr(769) as acute, '👩' as woman, 1 as n`, warehouse.TableFormat)
	want := strings.Join([]string{
		`name                                  w         acute  woman  n`,
		`------------------------------------  --------  -----  -----  -`,
		`\x1b[31m\u202eevil\n\ufeff\U000e0061  ｗｉｄｅ  ` + "e\u0301" + `      👩     1`,
		"(1 row)", ""}, "\n")
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("table (-want +got):\n%s", d)
	}
	long := export(t, db, "select repeat('姚', 100) as name, 1 as n", warehouse.TableFormat)
	if lines := strings.Split(long, "\n"); !strings.HasPrefix(lines[2], strings.Repeat("姚", 29)+"…") {
		t.Errorf("a long cell is shown as %q", lines[2])
	}
}

func TestTheTableStreamsBeyondItsSample(t *testing.T) {
	t.Parallel()
	db := published(t)
	got := strings.Split(export(t, db, "select i from range(2500) r(i)", warehouse.TableFormat), "\n")
	if len(got) != 2504 || got[2] != "  0" || got[2501] != "2499" || got[2502] != "(2500 rows)" {
		t.Errorf("%d lines: %q ... %q", len(got), got[:4], got[len(got)-4:])
	}
}

func TestExportParquet(t *testing.T) {
	t.Parallel()
	db := published(t)
	name := filepath.Join(t.TempDir(), "rows.parquet")
	write(t, name, export(t, db, everything, warehouse.ParquetFormat))
	release, reader := scratch(t)
	defer release()
	if got := ask(t, reader, "select string_agg(column_name || ' ' || column_type, ', ') from (describe from '"+name+"')"); got != `"text VARCHAR, n BIGINT, x DOUBLE, is BOOLEAN, on DATE, at TIMESTAMP, big DOUBLE, list VARCHAR, dec DOUBLE, nan DOUBLE"` {
		t.Errorf("columns %s", got)
	}
	if got, want := ask(t, reader, "from '"+name+"'"), ask(t, db, everything); got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
}

func TestExportArrow(t *testing.T) {
	t.Parallel()
	db := published(t)
	text := export(t, db, everything, warehouse.ArrowFormat)
	r, err := ipc.NewFileReader(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := []arrow.DataType{arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Boolean,
		arrow.FixedWidthTypes.Date32, &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}}
	for i, typ := range want {
		if f := r.Schema().Field(i); !arrow.TypeEqual(f.Type, typ) || !f.Nullable {
			t.Errorf("field %d is %v, want %v, nullable", i, f, typ)
		}
	}
	rec, err := r.Record(0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range rec.Columns()[:6] {
		for i := range c.Len() {
			got = append(got, c.ValueStr(i))
		}
	}
	wantValues := []string{"姚晨", "=1+1", array.NullValueStr, "42", "-7", array.NullValueStr, "1.5", "-1e-06", array.NullValueStr, "true", "false", array.NullValueStr,
		"2011-06-20", "0999-01-01", array.NullValueStr, "2011-06-20 09:41:00Z", "1969-12-31 23:59:59.5Z", array.NullValueStr}
	if d := cmp.Diff(wantValues, got); d != "" {
		t.Errorf("values (-want +got):\n%s", d)
	}
}

// Many rows come in several batches, each whole.
func TestExportArrowInBatches(t *testing.T) {
	t.Parallel()
	db := published(t)
	const rows = 150_000
	text := export(t, db, fmt.Sprintf("select i as n, case when i %% 3 = 0 then null else 'row ' || i end as name, i %% 2 = 0 as even from range(%d) r(i)", rows), warehouse.ArrowFormat)
	r, err := ipc.NewFileReader(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	next := int64(0)
	for b := range r.NumRecords() {
		rec, err := r.Record(b)
		if err != nil {
			t.Fatal(err)
		}
		n, name, even := rec.Column(0).(*array.Int64), rec.Column(1).(*array.String), rec.Column(2).(*array.Boolean)
		for i := range n.Len() {
			if n.Value(i) != next || even.Value(i) != (next%2 == 0) || name.IsNull(i) != (next%3 == 0) || !name.IsNull(i) && name.Value(i) != fmt.Sprint("row ", next) {
				t.Fatalf("row %d of batch %d: %d %q %v, want those of row %d", i, b, n.Value(i), name.ValueStr(i), even.Value(i), next)
			}
			next++
		}
	}
	if next != rows || r.NumRecords() < 2 {
		t.Errorf("%d rows in %d batches, want %d in several", next, r.NumRecords(), rows)
	}
}

func TestExportOfNothing(t *testing.T) {
	t.Parallel()
	db := published(t)
	r, err := ipc.NewFileReader(strings.NewReader(export(t, db, "select 1 as a where false", warehouse.ArrowFormat)))
	if err != nil || r.NumRecords() != 0 || r.Schema().NumFields() != 1 {
		t.Errorf("Arrow: %v", err)
	}
	if got := export(t, db, "select 1 as a where false", warehouse.TableFormat); got != "a\n-\n(0 rows)\n" {
		t.Errorf("table: %q", got)
	}
	if got := export(t, db, "select 1 as a where false", warehouse.ParquetFormat); !strings.HasPrefix(got, "PAR1") {
		t.Errorf("Parquet begins with %q", got[:4])
	}
}

func TestExportSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	db := published(t)
	var out bytes.Buffer
	if err := warehouse.Export(t.Context(), db, "select nothing from marts.platforms", warehouse.CSVFormat, &out); err == nil || !strings.Contains(err.Error(), `"nothing" not found`) {
		t.Errorf("unknown column: error %v", err)
	}
	if err := warehouse.Export(t.Context(), db, "select 1", "xlsx", &out); err == nil || !strings.Contains(err.Error(), "unknown format") {
		t.Errorf("unknown format: error %v", err)
	}
	if err := warehouse.Export(t.Context(), db, "", warehouse.CSVFormat, &out); err == nil {
		t.Error("no query: no error")
	}
	if err := warehouse.Export(t.Context(), db, "select i from range(100000) r(i)", warehouse.CSVFormat, fullDisk{}); err == nil || !strings.Contains(err.Error(), "write csv: no space left") {
		t.Errorf("full disk: error %v", err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left") }

// A query may read the warehouse, and nothing else; nor may it write.
func TestAQueryCannotLeaveTheWarehouse(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	db := f.open()
	before := sum(t, f.path())
	secret := filepath.Join(f.dir, "secret.csv")
	write(t, secret, "a\n1\n")
	for _, query := range []string{
		"create table marts.x (a int)",
		"delete from marts.platforms",
		"drop table marts.platforms",
		"copy marts.platforms to '" + secret + "'",
		"select * from read_csv('" + secret + "')",
		"from '" + secret + "'",
		"attach '" + filepath.Join(f.dir, "other.duckdb") + "'",
		"set enable_external_access = true",
		"set lock_configuration = false",
		"reset enable_external_access",
		"install httpfs", "load httpfs",
		"export database '" + f.dir + "'",
		"select getenv('HOME')",
		"select 1; drop table marts.platforms; select 2",
	} {
		if err := warehouse.Export(t.Context(), db, query, warehouse.CSVFormat, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: no error", query)
		}
	}
	if sum(t, f.path()) != before {
		t.Error("the file changed")
	}
	if text, err := os.ReadFile(secret); err != nil || string(text) != "a\n1\n" {
		t.Errorf("the other file is %q, %v", text, err)
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	db := published(t)
	var g sync.WaitGroup
	for range 16 {
		g.Go(func() {
			for range 5 {
				if got := ask(t, db, "select count(*) from marts.platforms"); got != "8" {
					t.Errorf("%s platforms, want 8", got)
				}
			}
		})
	}
	g.Wait()
}
