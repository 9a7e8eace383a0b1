# Short names for what contributors type. The scripts in .ci do the work and run without make, too.
.PHONY: build run test quick check bench golden clean

build: ## the program, ./overtake
	go build -o overtake ./cmd/overtake

run: ## the main job on the shipped history, into overtake-data
	go run ./cmd/overtake run

test: ## everything that the hosted checks run
	sh .ci/test

quick: ## go test ./..., about a minute
	sh .ci/test quick

check: ## what to run before a commit
	gofmt -l cmd ingest analysis reports data
	go vet ./...
	go tool staticcheck ./...
	go test ./...
	go tool govulncheck ./...

bench: ## time of the main job: first run, second run, start of the binary
	sh .ci/bench

golden: ## write the golden files again; look at the diff before you commit
	go test ./reports/... ./analysis/... ./cmd/... -update

clean:
	rm -rf overtake overtake-data
