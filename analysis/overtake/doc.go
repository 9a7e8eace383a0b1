// Package overtake answers when one platform passes another.
//
// Three questions are kept apart, because they differ by a lot: is the challenger ahead on a day ([AheadAt]), has it been
// ahead at least once by then ([EverBy]), is it ahead on the day and stays so ([ForGood]). Each is answered by
// probabilities, a median date and an 80 % interval, with the probability of never within the horizon and of being ahead
// already given the errors of measurement. [Forecast] answers one request, [Job] all pairs, the replays and the scoring
// of what others had forecast.
//
// # What is known
//
// Only what had been published by the as-of date and speaks of days up to it. Series come from package series, which
// combines sources that disagree and sets contradictions aside. Figures that we derived from printed ones (198.2 million
// are 68 % of Twitter) carry the rounding of the printed figures and stay marked.
//
// # From readings to futures
//
// A series of at least four dates is fitted by package forecast: level and slope wander, the slope fades, rounding and
// dates are errors of known size. A shorter one gets a [GrowthModel]: a level, an uncertain growth that fades like
// 1/(1 + c t), and a random walk. Its growth is pieced together from all evidence that bears on it:
//
//   - stretches between its own readings of the last two years;
//   - for the total of a top list, the accounts of that list: those ranked in a list published within a year or with at
//     least half of the average account's followers, over the stretch nearest to half a year that ends in the last three
//     months. Their mean is a random-effects mean read off at the size of the average account, with Gibrat's law (growth
//     does not depend on size) as the prior of the dependence on size; the spread between accounts is pooled over platforms;
//   - for a count of active users, the other such counts of the platform, with half of their growth as their common error.
//
// Every window of m months differs from the growth behind it by volatility/sqrt(m). The volatility (a share of growth) and
// the pace c at which growth fades are learned from all series and listed accounts known by the date, see rhythmOf; c has
// the median and the spread of that history as its prior, and the evidence weighs its values. Steady growth stands for
// the part of that prior in which growth would speed up.
//
// Each platform's futures of the level are drawn once, by a random stream of its own, and compared future by future on a
// grid of days. Between two days the gap is taken for a Brownian bridge, so that a passage between them is seen, which
// agrees with first passage in closed form ([Passage.By], Schroedinger 1915) where that applies. Two figures from one
// page for one period share the error of its date.
//
// # What is uncertain
//
// Level, growth, its fading and its volatility as above; the form of the trend of a fitted series (each future follows one of several forms, weighed by how
// well each foretold the readings); what a source may be off by beyond its rounding, by trust class; and the correlation of the two platforms'
// errors, learned from half-years that platforms share. Platforms publish a few times a year: [Look] says when figures will show the
// lead. The first edition of the model knew none of these; [First] keeps it for comparison, and results.overtake_editions says what changed.
//
// # Limits
//
// Half-years that two platforms share are few, so that their correlation is mostly a belief in independence. Accounts that we can read are those that
// somebody kept, mostly giants that are still large today: survivors, whose past growth flatters (the newcomers that a
// total gains from pull the other way). A fading growth is a belief
// taken from other series, not seen in two readings. Month and quarter figures stand at the end of their period. A
// series is either fitted or pieced together, never both. The error of Monte Carlo is at most 0.8 % (one standard
// error of a probability with 4,000 futures).
package overtake
