// Package observed turns what a living platform's answer says into rows.
//
// Platforms write the same things in many ways: a number as a number, as a text, as a text with 万, as null. [Count] and
// [Text] take each of them and lose nothing. [Rows] puts profiles, posts and states of accounts in place, with the page's
// own time and address as their dating and evidence, so that a platform's decoder says only where things stand.
package observed
