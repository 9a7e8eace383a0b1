package sourcetest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A WeiboServer answers Weibo's three interfaces: the open API under /2/, the mobile site under /api/ and the desktop site
// under /ajax/. On a real network they are three hosts.
type WeiboServer struct {
	*Server
	Token  string // of the open API
	Cookie string // of the two sites; empty: they are open
	// Pages is how many pages of followers the sites show: 20 on the real ones.
	Pages int
	// LoginWall answers the sites with {"ok":-100} and status 200.
	LoginWall bool
	// Visitor sends the sites' callers to the visitor page, as to strangers without cookies.
	Visitor bool
	// ErrorCodes writes error codes as texts, as the documents do; else as numbers.
	ErrorCodes bool
}

// Sizes of pages. The open API shows five followers a call.
const (
	WeiboOpenPage = 5
	WeiboSitePage = 20
)

// Weibo shows w.
func Weibo(w *World) *WeiboServer {
	s := &WeiboServer{Server: newServer(w), Token: "open-s3cret", Pages: 20}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2/users/show.json", s.open(s.show))
	mux.HandleFunc("GET /2/users/counts.json", s.open(s.counts))
	mux.HandleFunc("GET /2/friendships/followers.json", s.open(s.openFollowers))
	mux.HandleFunc("GET /2/account/rate_limit_status.json", s.open(s.rateLimit))
	mux.HandleFunc("GET /api/container/getIndex", s.site(s.container))
	mux.HandleFunc("GET /ajax/profile/info", s.site(s.ajaxProfile))
	mux.HandleFunc("GET /ajax/friendships/friends", s.site(s.ajaxFriends))
	mux.HandleFunc("GET /ajax/statuses/mymblog", s.site(s.ajaxPosts))
	mux.HandleFunc("GET /visitor/visitor", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><head><title>Sina Visitor System</title></head></html>")
	})
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "User-agent: *\nAllow: /\n")
	})
	s.inner = mux
	return s
}

// WeiboID is the uid of a person: beyond 2^31.
func WeiboID(no int) int64 { return 5_000_000_000 + int64(no) }

func weiboNo(uid string) int {
	n, _ := strconv.ParseInt(uid, 10, 64)
	return int(n - 5_000_000_000)
}

// open checks the token of the open API.
func (s *WeiboServer) open(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("access_token") != s.Token && r.Header.Get("Authorization") != "OAuth2 "+s.Token {
			s.fail(w, r, 403, 21332, "invalid_access_token")
			return
		}
		h(w, r)
	}
}

// fail is an error of the open API.
func (s *WeiboServer) fail(w http.ResponseWriter, r *http.Request, status, code int, text string) {
	var c any = code
	if s.ErrorCodes {
		c = strconv.Itoa(code)
	}
	writeJSON(w, status, map[string]any{"request": r.URL.Path, "error_code": c, "error": text})
}

// WeiboError is a fault of the open API with one of its codes: 10022 the address's quota, 10023 the user's, 10024 one call's.
func WeiboError(status, code int, text string) Fault {
	return Fail(status, "application/json", fmt.Sprintf(`{"request":"/2/x.json","error_code":"%d","error":%q}`, code, text))
}

// WeiboBusy is what the mobile site answers to those who ask too fast.
func WeiboBusy() Fault {
	return Fail(http.StatusForbidden, "application/json", `{"ok":0,"errno":"100005","msg":"请求过于频繁,歇歇吧"}`)
}

// WeiboFirewall is the status that Go has no name for.
func WeiboFirewall() Fault { return Fail(432, "text/html", "") }

// WeiboLogin is the login wall that comes with status 200.
func WeiboLogin() Fault {
	return Fail(http.StatusOK, "application/json; charset=utf-8", `{"ok":-100,"url":"https://passport.weibo.com/sso/signin?entry=wapsso"}`)
}

// site checks the cookie of the two sites.
func (s *WeiboServer) site(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.Visitor:
			http.Redirect(w, r, "/visitor/visitor?url=x", http.StatusFound)
		case s.LoginWall || s.Cookie != "" && r.Header.Get("Cookie") != s.Cookie:
			WeiboLogin()(w, r, nil)
		default:
			h(w, r)
		}
	}
}

func (s *WeiboServer) byUID(uid string) (Person, bool) {
	p, ok := s.World.Person(weiboNo(uid))
	return p, ok && p.State != Deleted && p.State != Suspended
}

const weiboTime = "Mon Jan 02 15:04:05 -0700 2006"

var beijing = time.FixedZone("+0800", 8*3600)

func (s *WeiboServer) openUser(p Person) map[string]any {
	id := WeiboID(p.No)
	return map[string]any{
		"id": id, "idstr": strconv.FormatInt(id, 10), "screen_name": p.Name, "name": p.Name, "domain": "", "profile_url": "u/" + strconv.FormatInt(id, 10),
		"followers_count": p.Stated, "friends_count": p.Following, "statuses_count": p.Posts, "verified": true, "verified_type": 0,
		"created_at": p.Created.In(beijing).Format(weiboTime), "gender": "n", "lang": "zh-cn", "location": "其他",
	}
}

func (s *WeiboServer) show(w http.ResponseWriter, r *http.Request) {
	p, ok := s.byUID(r.URL.Query().Get("uid"))
	if name := r.URL.Query().Get("screen_name"); name != "" {
		p, ok = s.byName(name)
	}
	if !ok {
		s.fail(w, r, 400, 20003, "User does not exists!")
		return
	}
	writeJSON(w, http.StatusOK, s.openUser(p))
}

func (s *WeiboServer) byName(name string) (Person, bool) {
	for no := 1; no <= s.World.Tracked(); no++ {
		if p, ok := s.World.Person(no); ok && p.Name == name && p.State == Alive {
			return p, true
		}
	}
	return Person{}, false
}

// counts shows every number as a text, and leaves out whom it does not know.
func (s *WeiboServer) counts(w http.ResponseWriter, r *http.Request) {
	out := []any{}
	for uid := range strings.SplitSeq(r.URL.Query().Get("uids"), ",") {
		if p, ok := s.byUID(uid); ok {
			out = append(out, map[string]string{"id": uid, "followers_count": strconv.FormatInt(p.Stated, 10),
				"friends_count": strconv.FormatInt(p.Following, 10), "statuses_count": strconv.FormatInt(p.Posts, 10)})
		}
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *WeiboServer) openFollowers(w http.ResponseWriter, r *http.Request) {
	p, ok := s.byUID(r.URL.Query().Get("uid"))
	if !ok {
		s.fail(w, r, 400, 20003, "User does not exists!")
		return
	}
	place := queryInt(r, "cursor", 0)
	page := s.byPlace(p.No, place, min(queryInt(r, "count", 5), WeiboOpenPage))
	users := []any{}
	for _, no := range page.people {
		f, _ := s.World.Person(no)
		users = append(users, s.openUser(f))
	}
	next := 0
	if page.more {
		next = page.next
	}
	if page.again {
		next = place
	}
	writeJSON(w, http.StatusOK, map[string]any{"users": users, "next_cursor": next, "previous_cursor": 0, "total_number": p.Stated})
}

func (s *WeiboServer) rateLimit(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"ip_limit": 15000, "limit_time_unit": "HOURS", "remaining_ip_hits": 14000, "user_limit": 100,
		"remaining_user_hits": 90, "reset_time": "2026-11-24 18:00:00", "reset_time_in_seconds": 1800})
}

// Number writes a count as the mobile site does: 9999 in full, then in 万 and 亿 with one place.
func Number(n int64) any {
	switch {
	case n < 10_000:
		return n
	case n < 100_000_000:
		return trimTenth(float64(n)/1e4) + "万"
	}
	return trimTenth(float64(n)/1e8) + "亿"
}

func trimTenth(v float64) string { return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") }

// Capped writes a counter of a post: a million and more is 100万+.
func Capped(n int64) any {
	if n >= 1_000_000 {
		return "100万+"
	}
	return n
}

func (s *WeiboServer) siteUser(p Person) map[string]any {
	return map[string]any{
		"id": WeiboID(p.No), "screen_name": p.Name, "profile_url": fmt.Sprintf("https://m.weibo.cn/u/%d", WeiboID(p.No)), "statuses_count": p.Posts,
		"verified": true, "verified_type": 0, "description": "示例", "gender": "n", "follow_count": p.Following,
		"followers_count": Number(p.Stated), "followers_count_str": fmt.Sprint(Number(p.Stated)),
	}
}

var weiboNothing = map[string]any{"ok": 0, "msg": "这里还没有内容", "data": map[string]any{"cards": []any{}}}

// container is the mobile site: what it shows depends on the container's id.
func (s *WeiboServer) container(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("containerid")
	switch {
	case strings.HasPrefix(id, "100505"):
		p, ok := s.byUID(strings.TrimPrefix(id, "100505"))
		if !ok {
			writeJSON(w, http.StatusOK, weiboNothing)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"ok": 1, "data": map[string]any{"userInfo": s.siteUser(p)}})
	case strings.HasPrefix(id, "231051_-_fans_-_"):
		s.containerFans(w, r, strings.TrimPrefix(id, "231051_-_fans_-_"))
	case strings.HasPrefix(id, "107603"):
		s.containerPosts(w, r, strings.TrimPrefix(id, "107603"))
	default:
		writeJSON(w, http.StatusOK, weiboNothing)
	}
}

// containerFans counts its pages by since_id from 1 and shows a group of recommendations before the list.
func (s *WeiboServer) containerFans(w http.ResponseWriter, r *http.Request, uid string) {
	p, ok := s.byUID(uid)
	n := queryInt(r, "since_id", 1)
	page := s.byPlace(p.No, (n-1)*WeiboSitePage, WeiboSitePage)
	if !ok || p.State == Hidden || n > s.Pages || len(page.people) == 0 {
		writeJSON(w, http.StatusOK, weiboNothing)
		return
	}
	group := []any{}
	for _, no := range page.people {
		f, _ := s.World.Person(no)
		group = append(group, map[string]any{"card_type": 10, "user": s.siteUser(f), "desc1": "", "desc2": fmt.Sprintf("粉丝：%d", f.Stated)})
	}
	cards := []any{map[string]any{"card_type": 11, "title": "全部粉丝", "card_group": group}}
	if n == 1 { // people whom the site recommends are no followers
		stranger := map[string]any{"card_type": 10, "user": map[string]any{"id": 4_999_999_999, "screen_name": "推荐示例", "followers_count": "1.2亿"}}
		cards = append([]any{map[string]any{"card_type": 11, "title": "推荐", "card_group": []any{stranger}}}, cards...)
	}
	next := n + 1
	if page.again {
		next = n
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": 1, "data": map[string]any{
		"cardlistInfo": map[string]any{"containerid": r.URL.Query().Get("containerid"), "total": p.Stated, "since_id": next}, "cards": cards,
	}})
}

func (s *WeiboServer) containerPosts(w http.ResponseWriter, r *http.Request, uid string) {
	p, ok := s.byUID(uid)
	if !ok {
		writeJSON(w, http.StatusOK, weiboNothing)
		return
	}
	cards := []any{}
	for _, post := range newestFirst(s.World.Posts(p.No), int64(queryInt(r, "since_id", 1<<62)), 10) {
		cards = append(cards, map[string]any{"card_type": 9, "mblog": map[string]any{
			"id": strconv.FormatInt(post.No, 10), "mid": strconv.FormatInt(post.No, 10), "bid": "Lx", "created_at": post.At.In(beijing).Format(weiboTime),
			"text": "示例<br />正文", "reposts_count": Capped(post.Reposts), "comments_count": Capped(post.Replies), "attitudes_count": Capped(post.Likes),
			"mblogtype": 0, "user": s.siteUser(p),
		}})
	}
	info := map[string]any{"total": p.Posts}
	if len(cards) == 10 {
		info["since_id"] = cards[9].(map[string]any)["mblog"].(map[string]any)["id"]
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": 1, "data": map[string]any{"cardlistInfo": info, "cards": cards}})
}

// newestFirst cuts a page of posts before an id.
func newestFirst(posts []Post, before int64, size int) []Post {
	slices.Reverse(posts)
	posts = slices.DeleteFunc(posts, func(p Post) bool { return p.No >= before })
	return posts[:min(size, len(posts))]
}

func (s *WeiboServer) ajaxUser(p Person) map[string]any {
	id := WeiboID(p.No)
	return map[string]any{
		"id": id, "idstr": strconv.FormatInt(id, 10), "screen_name": p.Name, "profile_url": fmt.Sprintf("/u/%d", id), "domain": "", "verified": true,
		"followers_count": p.Stated, "followers_count_str": fmt.Sprint(Number(p.Stated)), "friends_count": p.Following, "statuses_count": p.Posts,
	}
}

func (s *WeiboServer) ajaxProfile(w http.ResponseWriter, r *http.Request) {
	p, ok := s.byUID(r.URL.Query().Get("uid"))
	var user any
	if ok {
		u := s.ajaxUser(p)
		u["status_total_counter"] = map[string]any{"total_cnt_format": "1.2亿", "comment_cnt": "1,234", "repost_cnt": "2,345", "like_cnt": "120,000,000", "total_cnt": "120,003,579"}
		user = u
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": 1, "data": map[string]any{"user": user}})
}

// ajaxFriends has no level "data", and shows followers for the parameter relate=fans.
func (s *WeiboServer) ajaxFriends(w http.ResponseWriter, r *http.Request) {
	p, ok := s.byUID(r.URL.Query().Get("uid"))
	if !ok || p.State == Hidden {
		writeJSON(w, http.StatusOK, map[string]any{"ok": 0, "message": "由于用户设置，无法查看"})
		return
	}
	n := queryInt(r, "page", 1)
	page := s.byPlace(p.No, (n-1)*WeiboSitePage, WeiboSitePage)
	if r.URL.Query().Get("relate") != "fans" {
		page = slice{people: s.World.Following(p.No)}
	}
	users := []any{}
	if n <= s.Pages {
		for _, no := range page.people {
			f, _ := s.World.Person(no)
			u := s.ajaxUser(f)
			u["created_at"] = f.Created.In(beijing).Format(weiboTime)
			u["status_total_counter"] = map[string]any{"total_cnt": 10, "like_cnt": 2}
			users = append(users, u)
		}
	}
	next := 0
	if page.more && n < s.Pages {
		next = page.next
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": 1, "users": users, "next_cursor": next, "previous_cursor": 0, "total_number": p.Stated, "has_filtered_fans": true})
}

func (s *WeiboServer) ajaxPosts(w http.ResponseWriter, r *http.Request) {
	p, ok := s.byUID(r.URL.Query().Get("uid"))
	if !ok {
		writeJSON(w, http.StatusOK, map[string]any{"ok": 0})
		return
	}
	before := int64(1 << 62)
	if text, found := strings.CutSuffix(r.URL.Query().Get("since_id"), "kp2"); found {
		before, _ = strconv.ParseInt(text, 10, 64)
	}
	list := []any{}
	for _, post := range newestFirst(s.World.Posts(p.No), before, 20) {
		list = append(list, map[string]any{
			"id": post.No, "idstr": strconv.FormatInt(post.No, 10), "mid": strconv.FormatInt(post.No, 10), "created_at": post.At.In(beijing).Format(weiboTime),
			"user": map[string]any{"id": WeiboID(p.No)}, "text": "示例", "text_raw": "示例", "reposts_count": post.Reposts, "comments_count": post.Replies,
			"attitudes_count":         min(post.Likes, 1_000_000),
			"number_display_strategy": map[string]any{"apply_scenario_flag": 3, "display_text_min_number": 1_000_000, "display_text": "100万+"},
		})
	}
	data := map[string]any{"list": list, "total": p.Posts}
	if len(list) == 20 {
		data["since_id"] = list[19].(map[string]any)["idstr"].(string) + "kp2"
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": 1, "data": data})
}
