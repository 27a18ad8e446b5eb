# dossier: `make demo` and `make test` are all a newcomer needs.
#
# This file only sees to the packages; everything else is in build.mk, run by a second make, so that
# pkg-config is never asked before its answers are there.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

# What building and testing need beyond git and make (Debian 12).  docs/dependencies.md says why.
PACKAGES := gcc libc6-dev pkg-config libgit2-dev libsodium-dev libcbor-dev libcjson-dev \
	libsqlite3-dev libuv1-dev zlib1g-dev libcmocka-dev openssh-client python3-minimal

# Optional tools of the deeper targets; each target that needs them asks for them by itself.
PACKAGES_SAN := clang libclang-rt-14-dev
PACKAGES_LINT := clang-tidy cppcheck

.DEFAULT_GOAL := all
.PHONY: packages help

Makefile build.mk: ;

# Any other target: packages first, then the real makefile.
%: packages
	@$(MAKE) --no-print-directory -f build.mk $@

san: PACKAGES += $(PACKAGES_SAN)
fuzz: PACKAGES += $(PACKAGES_SAN)
analyze: PACKAGES += $(PACKAGES_LINT)

packages:
	@sh tests/packages.sh $(PACKAGES)

help:
	@sed -n 's/^#: //p' build.mk
