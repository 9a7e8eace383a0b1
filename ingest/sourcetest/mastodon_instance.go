package sourcetest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// What an instance says of itself.
const (
	MastodonUsers       = 5000
	MastodonActiveMonth = 800
	MastodonPosts       = 123456
)

func (m *MastodonServer) version() string {
	switch m.Software {
	case MastodonOld:
		return "3.3.0"
	case GoToSocial:
		return "0.19.1"
	case Pleroma:
		return "2.7.2 (compatible; Pleroma 2.7.0)"
	}
	return "4.5.0"
}

func (m *MastodonServer) instanceV2(w http.ResponseWriter, r *http.Request) {
	if m.Software == MastodonOld || m.Software == Misskey {
		notFound(w)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"domain": m.Host, "title": "Sample", "version": m.version(), "api_versions": map[string]int{"mastodon": 7},
		"usage":         map[string]any{"users": map[string]int{"active_month": MastodonActiveMonth}},
		"registrations": map[string]any{"enabled": true},
	})
}

func (m *MastodonServer) instanceV1(w http.ResponseWriter, r *http.Request) {
	if m.Software == Misskey {
		notFound(w)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"uri": "https://" + m.Host, "title": "Sample", "version": m.version(), "registrations": true, // some write a whole URL
		"stats": map[string]int{"user_count": MastodonUsers, "status_count": MastodonPosts, "domain_count": 9000},
	})
}

// The weeks are texts, newest first, and the first of them is not over.
func (m *MastodonServer) activity(w http.ResponseWriter, _ *http.Request) {
	if m.ActivityOff || m.Software == GoToSocial || m.Software == Pleroma || m.Software == Misskey {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	out := []any{}
	week := time.Now().UTC().Truncate(7 * 24 * time.Hour)
	for i := range 12 {
		out = append(out, map[string]string{
			"week":     strconv.FormatInt(week.Add(-time.Duration(i)*7*24*time.Hour).Unix(), 10),
			"statuses": strconv.Itoa(371 + i), "logins": strconv.Itoa(142 + i), "registrations": strconv.Itoa(5 + i),
		})
	}
	writeJSON(w, http.StatusOK, out)
}

func (m *MastodonServer) nodeInfoLinks(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"links": []any{
		map[string]string{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "http://" + m.Host + "/nodeinfo/2.0"},
	}})
}

func (m *MastodonServer) nodeInfo(w http.ResponseWriter, _ *http.Request) {
	name := string(m.Software)
	if m.Software == MastodonOld {
		name = "mastodon"
	}
	w.Header().Set("Content-Type", `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.0#"`)
	writeJSON(w, http.StatusOK, map[string]any{
		"version": "2.0", "software": map[string]string{"name": name, "version": m.version()}, "protocols": []string{"activitypub"},
		"usage": map[string]any{
			"users":      map[string]int{"total": MastodonUsers, "activeMonth": MastodonActiveMonth, "activeHalfyear": 1500},
			"localPosts": MastodonPosts,
		},
		"openRegistrations": true, "metadata": map[string]any{},
	})
}

// misskey answers the interface of Misskey, which takes its questions as POST with a JSON body.
func (m *MastodonServer) misskey(mux *http.ServeMux) {
	ask := func(h func(map[string]any) (int, any)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var q map[string]any
			if m.Software != Misskey || json.NewDecoder(r.Body).Decode(&q) != nil {
				http.NotFound(w, r)
				return
			}
			status, v := h(q)
			writeJSON(w, status, v)
		}
	}
	mux.HandleFunc("POST /api/users/show", ask(m.misskeyShow))
	mux.HandleFunc("POST /api/users/followers", ask(m.misskeyFollowers))
}

func misskeyError(code string) map[string]any {
	return map[string]any{"error": map[string]any{"message": "no", "code": code, "id": "00000000-0000-0000-0000-000000000000", "kind": "client"}}
}

func (m *MastodonServer) misskeyUser(p Person) map[string]any {
	u := map[string]any{
		"id": m.id(p.No), "username": p.Handle, "host": nil, "name": p.Name, "description": "text", "createdAt": p.Created.Format(time.RFC3339),
		"followersCount": p.Stated, "followingCount": p.Following, "notesCount": p.Posts, "isBot": false,
	}
	if p.No >= FirstFollower && p.No%2 == 1 {
		u["host"] = "elsewhere.example"
	}
	if m.CountsHidden {
		u["followersCount"] = nil
	}
	return u
}

func (m *MastodonServer) misskeyShow(q map[string]any) (int, any) {
	name, _ := q["username"].(string)
	p, ok := m.World.ByHandle(name)
	switch {
	case !ok || p.State == Deleted:
		return http.StatusNotFound, misskeyError("NO_SUCH_USER")
	case p.State == Suspended:
		return http.StatusBadRequest, misskeyError("USER_SUSPENDED")
	}
	return http.StatusOK, m.misskeyUser(p)
}

func (m *MastodonServer) misskeyFollowers(q map[string]any) (int, any) {
	id, _ := q["userId"].(string)
	p, ok := m.byID(id)
	if name, named := q["username"].(string); named {
		p, ok = m.World.ByHandle(name)
	}
	if !ok || p.State == Deleted {
		return http.StatusBadRequest, misskeyError("NO_SUCH_USER")
	}
	if p.State == Hidden {
		return http.StatusBadRequest, misskeyError("FORBIDDEN")
	}
	size := 10
	if n, ok := q["limit"].(float64); ok {
		size = min(int(n), 100)
	}
	after := 0
	if until, ok := q["untilId"].(string); ok {
		after, _ = strconv.Atoi(until)
	}
	out := []any{}
	page := m.byRow(p.No, after, size)
	if page.again { // the next page is the same one again
		page = m.byRow(p.No, 0, size)
	}
	for _, no := range page.people {
		f, _ := m.World.Person(no)
		out = append(out, map[string]any{
			"id": strconv.Itoa(no), "createdAt": Epoch.Format(time.RFC3339), "followeeId": m.id(p.No), "followerId": m.id(no),
			"follower": m.misskeyUser(f),
		})
	}
	return http.StatusOK, out
}
