// Package overtake answers when one platform passes another.
package overtake
