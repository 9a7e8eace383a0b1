package forecast

import (
	"context"
	"os"
	"testing"

	"github.com/overtake-analytics/overtake/data"
)

// The scores that README.md quotes, on the shipped history alone:
//
//	go test -run TestScoresOnTheShippedHistory -v ./analysis/forecast
func TestScoresOnTheShippedHistory(t *testing.T) {
	p, err := HistoryPanel(data.History)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Series) != 18 {
		t.Fatalf("%d series, want 18", len(p.Series))
	}
	res, err := Backtest(context.Background(), p, MakeTasks(p, []int{1, 3, 6}, 0), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Scoreboard(p, res, Levels)
	if err != nil {
		t.Fatal(err)
	}
	if testing.Verbose() {
		if err := WriteScoreboard(os.Stdout, rows); err != nil {
			t.Fatal(err)
		}
	}
	most := map[int]float64{1: 0.72, 3: 0.72, 6: 0.74} // of drift's weighted interval score
	var drift float64
	for _, r := range rows {
		switch {
		case r.Model == "drift":
			drift = r.RelWIS
		case r.Model == "overtake" && (r.RelWIS > most[r.H] || r.Coverage.Share < 0.74 || r.Coverage.Share > 0.86):
			t.Errorf("h=%d: WIS %.3f of drift's, want at most %.2f; 80 %% intervals hold %.3f, want 0.75 to 0.85 or nearly", r.H, r.RelWIS, most[r.H], r.Coverage.Share)
		}
	}
	if drift != 1 {
		t.Errorf("drift is %.3f of itself", drift)
	}
}
