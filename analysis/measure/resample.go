package measure

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Stream is the random stream of a name under a seed. Streams of different names do not disturb one another, so a job's
// figures do not change when another job draws more.
func Stream(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Bootstrap resamples values with replacement draws times and gives the statistic of the sample with the standard
// deviation and the percentile interval over the resamples. It is deterministic given rnd. Efron 1979, Ann. Stat. 7.
func Bootstrap(values []float64, statistic func([]float64) float64, draws int, level float64, rnd *rand.Rand) Estimate {
	if len(values) == 0 || draws < 2 {
		return Undefined("bootstrap", FewPoints)
	}
	sample, results := make([]float64, len(values)), make([]float64, 0, draws)
	for range draws {
		for i := range sample {
			sample[i] = values[rnd.IntN(len(values))]
		}
		if s := statistic(sample); Finite(s) {
			results = append(results, s)
		}
	}
	if len(results) < 2 {
		return Undefined("bootstrap", NotFinite)
	}
	return summarise(statistic(values), results, len(values), level, "bootstrap, percentile interval")
}

// AllResamples is the bootstrap without chance: every one of the n^n resamples once, for n of at most 7. It is what
// [Bootstrap] tends to, and serves to test it.
func AllResamples(values []float64, statistic func([]float64) float64, level float64) Estimate {
	n := len(values)
	if n == 0 || n > 7 {
		return Undefined("all resamples", FewPoints)
	}
	total := int(math.Pow(float64(n), float64(n)))
	sample, results := make([]float64, n), make([]float64, total)
	for k := range total {
		for i, code := 0, k; i < n; i, code = i+1, code/n {
			sample[i] = values[code%n]
		}
		results[k] = statistic(sample)
	}
	return summarise(statistic(values), results, n, level, "all resamples")
}

func summarise(point float64, results []float64, n int, level float64, method string) Estimate {
	slices.Sort(results)
	quantile := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, results, nil) }
	return Estimate{Point: point, SD: stat.PopStdDev(results, nil), Lo: quantile((1 - level) / 2), Hi: quantile((1 + level) / 2),
		Level: level, N: n, Method: method}
}
