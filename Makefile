# dossier: `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
#
# This file only sees to the packages.  Everything else is in build.mk, which a second make reads once
# they are there: it asks pkg-config while it is read, so it can't be the one that installs it.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

# What building and testing need beyond git and make (Debian 12); docs/dependencies.md says why.
PACKAGES := gcc libc6-dev pkg-config libgit2-dev libsodium-dev libcbor-dev libcjson-dev \
	libsqlite3-dev libuv1-dev zlib1g-dev libcmocka-dev openssh-client python3

# What the deeper targets need beyond that.
PACKAGES_SAN := clang libclang-rt-14-dev
PACKAGES_LINT := clang-tidy cppcheck shellcheck
PACKAGES_FORMAT := clang-format
PACKAGES_ACCEPT := debootstrap

GOALS := $(or $(MAKECMDGOALS),all)
goal = $(filter $(1),$(GOALS))

WANTED := $(if $(filter-out clean help,$(GOALS)),$(PACKAGES) \
	$(if $(call goal,san fuzz),$(PACKAGES_SAN)) \
	$(if $(call goal,analyze),$(PACKAGES_LINT)) \
	$(if $(call goal,format),$(PACKAGES_FORMAT)) \
	$(if $(call goal,accept-1-1),$(PACKAGES_ACCEPT)))

# All goals go on in one call, so that they share one graph however many jobs there are.
.PHONY: $(GOALS) packages build
$(GOALS): build
	@:

build: packages
	$(if $(call goal,clean),@rm -rf $(or $(BUILD),build))
	$(if $(filter-out clean,$(GOALS)),@$(MAKE) --no-print-directory -f build.mk $(filter-out clean,$(GOALS)))

packages:
	@sh tests/packages.sh $(WANTED)

# Stops make from trying to remake what it reads.
Makefile: ;
