package chart

import "hash/fnv"

// A marker is the shape of a point. Shapes differ between platforms so that a grey print can be read.
type marker uint8

const (
	markDisc marker = iota
	markSquare
	markTriangle
	markDiamond
	markRing
	markCross
	markDown
	markOpenSquare
)

// A look is how a series appears everywhere: colour, text colour, marker.
type look struct {
	line, text tone
	mark       marker
}

var looks = map[string]look{
	"sina_weibo":    {toneSina, toneSinaText, markDisc},
	"tencent_weibo": {toneTencent, toneTencentText, markSquare},
	"sohu_weibo":    {toneSohu, toneSohuText, markDown},
	"netease_weibo": {toneNetease, toneNeteaseText, markCross},
	"twitter":       {toneTwitter, toneTwitterText, markDiamond},
	"mastodon":      {toneMastodon, toneMastodonText, markTriangle},
	"bluesky":       {toneBluesky, toneBlueskyText, markRing},
	"threads":       {toneThreads, toneThreadsText, markOpenSquare},
	"weibo_style":   {toneWeiboStyle, toneWeiboStyleText, markDisc},
	"twitter_style": {toneTwitterStyle, toneTwitterStyleText, markDiamond},
}

// others are for what the house does not know, and for series that belong to no platform.
var others = []look{
	{toneOther1, toneOther1, markDisc},
	{toneOther2, toneOther2, markSquare},
	{toneOther3, toneOther3, markTriangle},
	{toneOther4, toneOther4, markDiamond},
	{toneOther5, toneOther5, markRing},
	{toneOther6, toneOther6, markDown},
}

var quietLook = look{toneQuiet, toneFaint, markDisc}

// lookOf gives the look of a platform or family. An unknown one gets one of six looks by its name, the same in every
// chart; names may share a look, and their labels tell them apart.
func lookOf(platform, family string) (look, bool) {
	for _, key := range []string{platform, family} {
		if l, ok := looks[key]; ok {
			return l, true
		}
	}
	if platform == "" && family == "" {
		return look{}, false
	}
	h := fnv.New32a()
	h.Write([]byte(platform + family))
	return others[h.Sum32()%uint32(len(others))], true
}

// lookFor is lookOf for the i-th series of a chart; one without platform and family takes the i-th of the other looks.
func lookFor(platform, family string, i int) look {
	if l, ok := lookOf(platform, family); ok {
		return l
	}
	return others[i%len(others)]
}
