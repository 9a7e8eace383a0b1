package reports

import "testing"

func TestJobsAreRetoldInChinese(t *testing.T) {
	zh, err := chinese()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ in, want string }{
		{"600 million stands unchanged in 3 readings from 2024-05-31 on, for 426 days", "自 2024-05-31 起 3 个读数一直是 6亿，共 426 天"},
		{"3.345 million is 7.1 % less than 3.6 million on 2022-10-27; a total since the launch can only fall by a purge, or the figure is old",
			"334.5万比 2022-10-27 的 360万少 7.1%；上线以来的总数只会因清理而下降，或者该数字已旧"},
		{"11 million (yahoo.com, trust B) against 13 million (bnonews.com, trust B); Cochran's Q 24, p below 0.000001",
			"1,100万（yahoo.com，可信度 B） 对 1,300万（bnonews.com，可信度 B）；Cochran Q 24，p 小于 0.000001"},
		{"a text that no job writes", "a text that no job writes"},
		{"", ""},
	} {
		if got := zh.retell(test.in); got != test.want {
			t.Errorf("retell(%q) = %q, want %q", test.in, got, test.want)
		}
		if got := english.retell(test.in); got != test.in {
			t.Errorf("in English %q became %q", test.in, got)
		}
	}
}

func TestChineseNumbersAndDates(t *testing.T) {
	zh, err := chinese()
	if err != nil {
		t.Fatal(err)
	}
	from, to := mustDay(t, "2011-05-01"), mustDay(t, "2011-06-30")
	for _, test := range []struct{ got, want string }{
		{zh.short(198.2e6), "1.982亿"}, {zh.long(198.2e6), "1.982亿"}, {zh.short(1.173e6), "117.3万"}, {zh.short(9999), "9,999"}, {zh.short(99.999e6), "1亿"},
		{zh.percent(0.16), "16.0%"}, {zh.likely(0.93), "很可能（93%）"}, {zh.between(zh.short(174.4e6), zh.short(187.1e6)), "1.744–1.871亿"},
		{zh.day(to), "2011年6月30日"}, {zh.dated(to, "quarter"), "2011年第2季度"}, {zh.dated(to, "year"), "2011年"}, {zh.span(from, to), "2011年5月至6月"},
		{zh.length(23), "23 天"}, {zh.length(840), "2.3 年"}, {zh.season(from), "2011 年年中"}, {zh.listed([]string{"甲", "乙", "丙"}), "甲、乙和丙"},
		{zh.counted(12, "figure"), "12 个数字"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestLanguagesAreFound(t *testing.T) {
	for lang, want := range map[string]string{"": "en", "en": "en", "en-GB": "en", "zh": "zh", "zh-CN": "zh", "zh-Hans": "zh"} {
		l, err := findLocale(lang)
		if err != nil || l.lang() != want {
			t.Errorf("findLocale(%q): %v, want %s", lang, err, want)
		}
	}
	for _, lang := range []string{"fr", "english please", "zz-top-x"} {
		if err := CheckLang(lang); err == nil {
			t.Errorf("language %q is accepted", lang)
		}
	}
}
