// Package sourcetest holds what every source is tested with: servers that speak the platforms' contracts, their bad days,
// and one list of checks.
//
// A [World] is a small invented network: people with neutral names, who follows whom, posts. [Mastodon], [Weibo],
// [Twitter], [Threads] and [Ranked] are HTTP handlers that show a world the way the platform does, with its quirks; the
// answers are composed by us. A [Server] wraps one of them and misbehaves on demand by a [Fault]: rate limits in each
// dialect, storms of 5xx, drips, resets, cut and wrongly typed JSON, HTML in place of JSON, login walls, bodies without
// end, bombs, redirects.
//
// [Run] is the list of checks that a source must pass. It runs each of them over a [Network] in memory inside a synctest
// bubble, so that a pause of 15 minutes costs nothing and no test depends on the clock. The same handlers serve on
// loopback where a program is tested from outside ([Server] is an http.Handler).
package sourcetest
