package follows

// A format is a layout of files that a data set is known to have.
type format struct {
	layout
	doc string
}

// formats by name.
var formats = map[string]format{
	"twitter_rv": {layout{}, "account TAB follower, as in the graph of Kwak et al. 2010: the second follows the first"},
	"snap_ego":   {layout{followerFirst: true}, "follower SPACE account, as in SNAP's ego-Twitter and KDD Cup 2012: the first follows the second"},
}

// order says which column is which.
func (f format) order() string {
	if f.followerFirst {
		return "the first column should be who follows; --columns account,follower reads them the other way round"
	}
	return "the second column should be who follows; --columns follower,account reads them the other way round"
}
