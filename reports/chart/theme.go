package chart

import (
	"fmt"
	"image/color"
	"strings"
)

// A tone is a colour by its role. Drawing code names tones only; what they look like is decided here, once for light
// and once for dark. In an SVG a tone is var(--name, #light), so the page may change its mind.
type tone uint8

const (
	tonePaper  tone = iota
	toneInk         // titles, names
	toneSoft        // subtitles, values
	toneFaint       // ticks, sources
	toneAxis        // the zero line
	toneGrid        // the other lines
	toneQuiet       // series that are context only
	toneAccent      // heat, unnamed single series
	toneWarn        // truth and reference lines
	toneSina        // from here on one tone for lines and one for text of each platform
	toneSinaText
	toneTencent
	toneTencentText
	toneSohu
	toneSohuText
	toneNetease
	toneNeteaseText
	toneTwitter
	toneTwitterText
	toneMastodon
	toneMastodonText
	toneBluesky
	toneBlueskyText
	toneThreads
	toneThreadsText
	toneWeiboStyle
	toneWeiboStyleText
	toneTwitterStyle
	toneTwitterStyleText
	toneOther1 // platforms and groups that the house does not know
	toneOther2
	toneOther3
	toneOther4
	toneOther5
	toneOther6
	toneCount
)

// A shade is what a tone looks like.
type shade struct {
	name        string
	light, dark uint32
}

// The values of the platforms, and those of the others, were searched for: most distance between any two of them, also as
// seen with protanopia, deuteranopia and tritanopia; 3:1 against the paper for lines and 4.5:1 for text. TestColours
// measures it again.
var shades = [toneCount]shade{
	tonePaper:            {"paper", 0xffffff, 0x15171b},
	toneInk:              {"ink", 0x1c1f24, 0xf1f2f4},
	toneSoft:             {"ink-soft", 0x4a4f57, 0xc3c7ce},
	toneFaint:            {"ink-faint", 0x686e78, 0x9aa1ac},
	toneAxis:             {"axis", 0x8b919b, 0x7b828d},
	toneGrid:             {"grid", 0xe4e6ea, 0x2b2f36},
	toneQuiet:            {"quiet", 0xb4b9c1, 0x5a616c},
	toneAccent:           {"accent", 0x1f5a7a, 0x6fb7dc},
	toneWarn:             {"mark", 0x2b2e34, 0xe3e5e9},
	toneSina:             {"p-sina-weibo", 0xc4351c, 0xf0461e},
	toneSinaText:         {"p-sina-weibo-text", 0xb82f17, 0xf4704e},
	toneTencent:          {"p-tencent-weibo", 0xc98200, 0xfbc04d},
	toneTencentText:      {"p-tencent-weibo-text", 0x8f5c00, 0xfbc04d},
	toneSohu:             {"p-sohu-weibo", 0x57351d, 0xdf9068},
	toneSohuText:         {"p-sohu-weibo-text", 0x57351d, 0xdf9068},
	toneNetease:          {"p-netease-weibo", 0x8d1a60, 0xc96186},
	toneNeteaseText:      {"p-netease-weibo-text", 0x8d1a60, 0xd5789a},
	toneTwitter:          {"p-twitter", 0x2353a4, 0x75b5ff},
	toneTwitterText:      {"p-twitter-text", 0x2353a4, 0x75b5ff},
	toneMastodon:         {"p-mastodon", 0x9459dc, 0x9b6ffb},
	toneMastodonText:     {"p-mastodon-text", 0x8a4ed6, 0xaf8bfc},
	toneBluesky:          {"p-bluesky", 0x0a8794, 0x2c97b6},
	toneBlueskyText:      {"p-bluesky-text", 0x067986, 0x25b0d4},
	toneThreads:          {"p-threads", 0x7b9b81, 0xa9d3c6},
	toneThreadsText:      {"p-threads-text", 0x567a5d, 0xa9d3c6},
	toneWeiboStyle:       {"f-weibo-style", 0xb8421d, 0xf47a4f},
	toneWeiboStyleText:   {"f-weibo-style-text", 0xb8421d, 0xf47a4f},
	toneTwitterStyle:     {"f-twitter-style", 0x1d5c94, 0x6db3f2},
	toneTwitterStyleText: {"f-twitter-style-text", 0x1d5c94, 0x6db3f2},
	toneOther1:           {"o-1", 0x0b4a8f, 0xb3b8fc},
	toneOther2:           {"o-2", 0x956b45, 0x918849},
	toneOther3:           {"o-3", 0x4d5200, 0x7fc64a},
	toneOther4:           {"o-4", 0x8b46e0, 0xb565fa},
	toneOther5:           {"o-5", 0x6e2f4c, 0xf0aaa0},
	toneOther6:           {"o-6", 0x0b8185, 0x4a939a},
}

// A paint is a tone with an opacity; it is what gonum's drawing calls get as their colour.
type paint struct {
	tone  tone
	alpha float64 // 0..1
}

// RGBA makes paint a color.Color, with the light value.
func (p paint) RGBA() (r, g, b, a uint32) {
	v := shades[p.tone].light
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), uint8(p.alpha*255 + 0.5)}.RGBA()
}

func full(t tone) paint             { return paint{t, 1} }
func faded(t tone, a float64) paint { return paint{t, a} }

// declare gives the CSS declarations that set a property to the tone: plainly for programs that know no custom
// properties, then by its name.
func (t tone) declare(property string) string {
	s := shades[t]
	return fmt.Sprintf("%s:#%06x;%s:var(--%s,#%06x)", property, s.light, property, s.name, s.light)
}

// StyleSheet gives the CSS custom properties of all chart colours: light, dark where the reader's system or a
// data-theme="dark" on the root says so, and light again in print. It belongs into the page's <style>, once.
func StyleSheet() string {
	var light, dark strings.Builder
	for _, s := range shades {
		fmt.Fprintf(&light, "--%s:#%06x;", s.name, s.light)
		fmt.Fprintf(&dark, "--%s:#%06x;", s.name, s.dark)
	}
	return ":root{" + light.String() + "}\n" +
		"@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){" + dark.String() + "}}\n" +
		"@media screen{:root[data-theme=dark]{" + dark.String() + "}}\n"
}
