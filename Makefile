# `make help` lists what there is.
export CGO_ENABLED ?= 0
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: build
build: ## build bin/fugong, one static binary
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/fugong ./cmd/fugong

.PHONY: demo
demo: ## a made-up district on a throw-away database
	go run ./cmd/fugong demo

.PHONY: run
run: ## serve on data/fugong.db
	go run ./cmd/fugong serve

.PHONY: test
test: ## every test this machine can run; with CI=true a test that cannot run fails
	go test -timeout 20m ./...

.PHONY: race
race: ## the tests of what runs side by side, under the race detector
	CGO_ENABLED=1 go test -race ./internal/schedule ./internal/evaluation ./internal/store ./internal/sheet ./internal/vault

.PHONY: lint
lint: ## gofmt, go vet, staticcheck, tidy go.mod
	@test -z "$$(gofmt -l cmd internal migrations templates testdata | tee /dev/stderr)"
	go vet ./...
	go vet -tags screenshots ./internal/e2e
	go tool staticcheck ./...
	go mod tidy -diff

# Tools of developers and support of tests do not ship. VULNDB=file:///… names a copy of the database where there is no network.
.PHONY: security
security: ## gosec without findings of medium or high severity, govulncheck
	go run github.com/securego/gosec/v2/cmd/gosec@v2.30.0 -quiet -severity medium -exclude-dir testdata -exclude-dir internal/sheet/fonts/cut \
	  -exclude-dir internal/sheet/sheettest -exclude-dir internal/store/storetest ./...
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(if $(VULNDB),-db $(VULNDB)) ./...

.PHONY: check
check: lint test ## lint and test

.PHONY: bench
bench: ## ratios, each measured in one run: import, evaluation, sheet, list and section page; a storm of sign-ins and its memory
	go test -run '^$$' -bench 'ImportResults' -benchtime 10x -timeout 30m ./internal/store
	go test -run '^$$' -bench 'Submit' -benchtime 3x -timeout 30m ./internal/store
	go test -run '^$$' -bench 'EvaluateDistrict' -benchtime 3x -timeout 30m ./internal/store
	go test -run '^$$' -bench 'JudgeSealed' -benchtime 6x -timeout 30m ./internal/store
	@test -f .bench/bold.ttf || { mkdir -p .bench && cd .bench && npm pack --silent @expo-google-fonts/noto-sans-sc@0.4.3 >/dev/null && \
	  tar xzf *.tgz && cp package/400Regular/*.ttf regular.ttf && cp package/700Bold/*.ttf bold.ttf && rm -rf package *.tgz; } # the whole font, to compare with
	go test -run '^$$' -bench 'AgainstOthers|Route' -benchtime 20x -timeout 30m ./internal/sheet -whole-fonts $(CURDIR)/.bench
	go test -run '^$$' -bench 'Desk' -benchtime 100x -timeout 30m ./internal/web
	go test -run '^$$' -bench 'Storm' -benchtime 1x -timeout 30m ./internal/account ./internal/web

.PHONY: ledger
ledger: ## 50 clients report while the server is killed, KILLS=100 times for each database; FUGONG_KILLS says how often in any run of the tests
	FUGONG_KILLS=$(or $(KILLS),100) go test -count 1 -timeout 60m -v -run '^TestLedger$$' ./cmd/fugong

.PHONY: fuzz
fuzz: ## each fuzz target for a while (FUZZTIME=30s)
	@for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $${FUZZTIME:-30s} $$pkg || exit 1; \
	  done; \
	done

.PHONY: screenshots
screenshots: ## take the README's pictures from the demonstration anew; wants chromium and a Chinese font
	go test -count 1 -timeout 10m -tags screenshots -run '^TestScreenshots$$' ./internal/e2e

.PHONY: golden
golden: ## rewrite the golden files of the sheet and the verdict
	go test ./internal/sheet ./internal/evaluation -update

.PHONY: migration
migration: ## name=…: create the pair of migration files
	@n=$$(printf '%04d' $$(( $$(ls migrations/sqlite | wc -l) + 1 ))); \
	for d in sqlite postgres; do touch migrations/$$d/$${n}_$(name).tx.up.sql; done; ls migrations/*/$${n}_*
