# The commands of this project; `make help` lists them. Each does its own set-up first and is safe to repeat.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run setup build test check units calls one bench screenshots pictures format clean image image-lock image-test

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: setup ## start a box; Ctrl-C stops it
	@exec node dist/src/supervisor.js

setup: ## install and build what is missing
	@bash configs/setup/all.sh

build: setup ## the same as setup

test: setup ## every check and every test
	@bash test/run.sh all

check: setup ## format, lint and types alone
	@bash test/run.sh check

units: setup ## tests of rules and parts, without the call tests
	@bash test/run.sh units

calls: setup ## tests with real calls alone
	@bash test/run.sh calls

one: setup ## the tests whose file names contain NAME, as in make one NAME=reception
	@bash test/run.sh "$(NAME)"

bench: setup ## measure; prints a table and writes var/bench.json
	@node --enable-source-maps dist/test/bench/main.js

screenshots: setup ## pictures of every page in test/browser/screenshots, to look at
	@bash configs/setup/browser.sh
	@TAP_TIMEOUT=300 PARTYLINE_SCREENSHOTS=test/browser/screenshots node dist/test/browser/pages.test.js >/dev/null

pictures: setup ## the pictures of docs/web-page anew
	@bash configs/setup/browser.sh
	@node dist/test/browser/pictures.js

format: setup ## put the sources into the format that the check wants
	@node_modules/.bin/prettier --write --log-level warn . && node_modules/.bin/eslint --fix .

image: setup ## the flashable SD-card image, into image/out; as root
	@bash image/build.sh

image-lock: ## pin the image's Debian packages anew, as the mirror has them today
	@bash image/tools.sh && bash image/root.sh renew

image-test: image ## start the image in an emulator and test it; as root
	@bash test/image/all.sh

clean: ## remove what was built and downloaded, but no data
	rm -rf dist node_modules .runtime .tap coverage
