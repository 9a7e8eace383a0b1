// Package study asks the question of reach of what is held: which accounts, which of their follower lists are complete,
// which method does that allow, what does it say.
//
//	answer, err := study.Ask(ctx, warehouse, lists, study.Request{Platform: "twitter", Top: 100})
//	err = answer.WriteText(os.Stdout)
//
// [Ask] gathers the evidence (load.go), chooses the accounts (choose.go), lets [reach.Assess] choose the method and counts
// (count.go: exactly; sketch.go: from threshold samples; estimate.go: from random followers, or bounds). The [Answer] holds
// whatever the method gives, always with the method's name and with the reason why no better one was possible. [Job]
// asks the same of every platform for the warehouse, adds the published lists of most-followed accounts, and writes
// what may be published: groups of few persons are withheld by [reach.Protect].
//
// Follower lists do not live in the warehouse, as they have billions of rows: a [Lists] gives them as sorted numbers. What
// the lists are (whose, when read, complete or not) is in marts.lists, and only a list that stands there as complete is
// counted.
package study
