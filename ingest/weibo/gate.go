package weibo

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// gate sees that we are not wanted, in the many ways in which the two sites say it: by status, by JSON with status 200, by a
// page for visitors. Each stops the source: to go on would be to break in.
func gate(p ingest.Page) error {
	stop := func(reason string, pause time.Duration) error {
		e := &crawl.StopError{Reason: reason}
		if pause > 0 {
			e.Until = p.FetchedAt.Add(pause)
		}
		return e
	}
	switch p.Status {
	case 432:
		return stop("the site's firewall refuses us (432): a cookie of your own is missing, or no longer taken", 0)
	case http.StatusTeapot, http.StatusRequestURITooLong:
		return stop(fmt.Sprintf("the site says that it is asked too often (%d)", p.Status), time.Hour)
	}
	body := bytes.TrimSpace(p.Raw)
	if p.Status == http.StatusForbidden && (len(body) == 0 || body[0] != '{') {
		return stop("the site refuses us (403)", 0)
	}
	if len(body) > 0 && body[0] == '<' {
		if strings.Contains(string(body[:min(len(body), 4096)]), "Sina Visitor System") || strings.Contains(p.URL, "passport") || strings.Contains(p.URL, "/visitor/") {
			return stop("the site shows its page for visitors: it wants a cookie of yours", 0)
		}
		return fmt.Errorf("status %d: a page in place of data", p.Status)
	}
	var v struct {
		OK    observed.Text `json:"ok"`
		Errno observed.Text `json:"errno"`
		URL   string        `json:"url"`
		Msg   string        `json:"msg"`
	}
	if len(body) > 0 && body[0] == '{' && observed.Decode(body, &v) == nil {
		switch {
		case v.OK == "-100":
			return stop("the site wants a login (ok -100): the cookie has run out, or is missing", 0)
		case v.Errno == "100005":
			return stop("the site says that it is asked too often ("+v.Msg+")", busyPause)
		}
	}
	if p.Status == http.StatusForbidden && !bytes.Contains(body, []byte("error_code")) {
		return stop("the site refuses us (403)", 0)
	}
	if p.Status >= 500 || p.Status == http.StatusTooManyRequests {
		return fmt.Errorf("status %d", p.Status)
	}
	return nil
}

// readOpenError reads an error of the open API; found says that the answer is one. Its code is a text in the documents and a
// number in practice.
func readOpenError(p ingest.Page, w crawl.Walk) (reply crawl.Reply, found bool, err error) {
	var v struct {
		Code  observed.Text `json:"error_code"`
		Error string        `json:"error"`
	}
	body := bytes.TrimSpace(p.Raw)
	if len(body) > 0 && body[0] == '{' {
		_ = observed.Decode(body, &v) // an answer of another kind has no code
	}
	if v.Code == "" {
		if p.Status/100 != 2 {
			return reply, true, fmt.Errorf("status %d without an error code", p.Status)
		}
		return reply, false, nil
	}
	says := fmt.Sprintf("error %s: %s", v.Code, v.Error)
	code, _ := strconv.Atoi(string(v.Code))
	stop := func(reason string, until time.Time) (crawl.Reply, bool, error) {
		return crawl.Reply{}, true, &crawl.StopError{Reason: reason + " (" + says + ")", Until: until}
	}
	now := p.FetchedAt.In(beijing)
	switch code {
	case 10022:
		return stop("this address has used up its calls", now.Truncate(time.Hour).Add(time.Hour))
	case 10023:
		return stop("the user has used up today's calls", time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, beijing))
	case 10024: // of one call only: the others go on
		return reply, true, errors.New("the calls of this kind are used up (" + says + ")")
	case 10004, 10005, 10014:
		return stop("the application may not do this", time.Time{})
	case 21314, 21315, 21316, 21317, 21327, 21332, 21301, 21321:
		return stop("the token is refused: put a valid one into the variable of token_env", time.Time{})
	case 10013, 20003:
		return gone(p, w, says), true, nil
	}
	return reply, true, errors.New(says)
}
