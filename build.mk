# The build proper; started by Makefile once the packages are there.  Works with -j and in a path with
# blanks.  V=1 prints whole command lines, BUILD=dir builds elsewhere, CC=clang with another compiler.
#
#: make            build everything into build/
#: make test       all tests that need no long time
#: make unit       unit tests and house rules only
#: make accept-1-N one acceptance line, with its figures
#: make bench      what each path costs, beside the floors of the same run
#: make san        unit tests under the address and undefined sanitizers
#: make analyze    clang-tidy, cppcheck and shellcheck
#: make format     lay out the C files that differ from the last commit (clang-format)
#: make man        the man pages, into build/man/
#: make install    program, man pages, completion, systemd unit (PREFIX, DESTDIR)
#: make clean      remove build/

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC := gcc
export TZ := UTC

ifneq ($(V),1)
Q := @
say = @printf '  %-8s%s\n' $(1) '$(2)'
endif

STD := -std=c17 -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wwrite-strings -Wpointer-arith -Wcast-qual -Wundef -Wvla \
	-Wformat=2 -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Wswitch-enum
HARD := -O2 -g -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2 -fno-strict-aliasing
LINKHARD := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed
ifdef SAN
HARD := -O1 -g -fPIE -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LINKHARD := -pie -fsanitize=address,undefined
endif

pkg = $(shell pkg-config --$(1) $(2))
LIBS_base := $(call pkg,libs,libsodium libcbor libcjson)
LIBS_node := $(call pkg,libs,libgit2 sqlite3 libuv zlib)
LIBS_test := $(call pkg,libs,cmocka)
CFLAGS_LIBS := $(call pkg,cflags,libsodium libcbor libcjson libgit2 sqlite3 libuv zlib)
COMPILE = $(CC) $(STD) $(WARN) $(HARD) $(CFLAGS_LIBS) -MMD -MP

# The house.  A floor may include only the floors named here; the compiler sees no others, because
# each floor is compiled with an include folder that holds links to just these.
FLOORS := base schema sync node cli
below_base := base
below_schema := schema base
below_sync := sync base
below_node := node schema sync base
below_cli := cli node schema sync base
below_tests := tests $(FLOORS)

sources = $(sort $(shell find $(1) -name '*.c' 2>/dev/null))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
lib = $(BUILD)/lib/lib$(1).a
ALL_LIBS := $(foreach f,cli node schema sync base,$(call lib,$(f)))

# A stamp is a file that holds a text and is written anew only when the text is another.  What depends
# on it is rebuilt when flags or the list of files change, and by no other edit of the makefiles.
same = $(if $(subst x$(1)x,,x$(2)x)$(subst x$(2)x,,x$(1)x),,yes)
stamp = $(if $(call same,$(file <$(1)),= $(2)),,$(shell mkdir -p $(dir $(1)))$(file >$(1),= $(2)))
$(call stamp,$(BUILD)/stamp/flags,$(strip $(COMPILE) $(LINKHARD) \
	$(LIBS_base) $(LIBS_node) $(LIBS_test) $(foreach f,$(FLOORS) tests,$(f): $(below_$(f))) $(CURDIR)))
$(foreach f,$(FLOORS) tests/support,$(call stamp,$(BUILD)/stamp/$(f),$(call sources,$(f))))

.PHONY: all
all: $(if $(wildcard cli/main.c),$(BUILD)/dossier) $(if $(wildcard tests/replay/*.c),$(BUILD)/replay)

# Include folders, one per floor.
$(BUILD)/inc/%/.made: $(BUILD)/stamp/flags
	@mkdir -p $(@D)
	@for floor in $(below_$*); do ln -sfn "$(CURDIR)/$$floor" "$(@D)/$$floor"; done
	@touch $@

# A floor's library.
define floor_rules
OBJ_$(1) := $$(call objects,$$(filter-out %/main.c,$$(call sources,$(1)))) $$(EXTRA_$(1))
$$(call lib,$(1)): $$(OBJ_$(1)) $$(BUILD)/stamp/$(1)
	$$(call say,AR,$$@)
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$(filter %.o,$$^)
$$(BUILD)/obj/$(1)/%.o: $(1)/%.c $$(BUILD)/stamp/flags | $$(BUILD)/inc/$(1)/.made
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(COMPILE) -I$$(BUILD)/inc/$(1) -c $$< -o $$@
endef
EXTRA_node := $(BUILD)/obj/gen/forms_data.o
$(foreach floor,$(FLOORS),$(eval $(call floor_rules,$(floor))))

# The forms as bytes, so that one binary carries them.
FORMS := $(sort $(wildcard schema/forms/*.json))
$(call stamp,$(BUILD)/stamp/forms,$(FORMS))
$(BUILD)/gen/forms_data.c: $(FORMS) tests/embed.sh $(BUILD)/stamp/forms
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)sh tests/embed.sh $(FORMS) > $@

$(BUILD)/obj/gen/forms_data.o: $(BUILD)/gen/forms_data.c $(BUILD)/stamp/flags | $(BUILD)/inc/node/.made
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -I$(BUILD)/inc/node -c $< -o $@

# Tests may include everything.
$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/stamp/flags | $(BUILD)/inc/tests/.made
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -I$(BUILD)/inc/tests -c $< -o $@

$(BUILD)/lib/libsupport.a: $(call objects,$(call sources,tests/support)) $(BUILD)/stamp/tests/support
	$(call say,AR,$@)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

link = $(Q)$(CC) $(LINKHARD) $(filter %.o %.a,$^) $(1) -o $@

$(BUILD)/dossier: $(BUILD)/obj/cli/main.o $(ALL_LIBS)
	$(call say,LINK,$@)
	$(call link,$(LIBS_node) $(LIBS_base))

# The stories' player: the pure engine and, with --nodes, real nodes.
$(BUILD)/replay: $(call objects,$(call sources,tests/replay)) $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	$(call link,$(LIBS_node) $(LIBS_base))

# Unit tests: tests/unit/FLOOR/test_NAME.c is a program of its own that links its floor and those
# below (and what it uses of tests/support), nothing else.
define unit_rules
$$(BUILD)/tests/unit/$(1)/%: $$(BUILD)/obj/tests/unit/$(1)/%.o $$(BUILD)/lib/libsupport.a \
		$(foreach f,$(below_$(1)),$(call lib,$(f)))
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(call link,$$(LIBS_test) $(if $(filter node,$(below_$(1))),$$(LIBS_node)) $$(LIBS_base))
endef
$(foreach floor,$(FLOORS),$(eval $(call unit_rules,$(floor))))

# What `make test` runs; tests/tests.mk may add to each list.
#   UNIT      cmocka programs, built here
#   SCRIPTS   shell scripts; each gets the build folder as its argument
#   PROGRAMS  other tests that need no argument, with a rule of their own
#   TOOLS     programs that scripts call: built, not run by themselves
UNIT := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(shell find tests/unit -name 'test_*.c')))
TIDY := tests/tidy/test_tidy.sh
SCRIPTS := $(TIDY) $(sort $(wildcard tests/regress/*.sh))
PROGRAMS :=
TOOLS :=
-include tests/tests.mk

.PHONY: unit test san
unit: $(UNIT) $(ALL_LIBS)
	@sh tests/run.sh $(BUILD) $(UNIT) $(TIDY)

test: all $(UNIT) $(PROGRAMS) $(TOOLS)
	@sh tests/run.sh $(BUILD) $(UNIT) $(SCRIPTS) $(PROGRAMS)

san:
	@$(MAKE) --no-print-directory -f build.mk SAN=1 BUILD=$(BUILD)/san CC=clang TIDY= unit

accept-%: all
	@sh tests/accept/$*.sh "$$(cd $(BUILD) && pwd)"

# Man pages in both languages, and completion, printed by the program itself.
$(BUILD)/man/.made: $(BUILD)/dossier
	$(call say,MAN,$(@D))
	@rm -rf $(@D)
	@mkdir -p $(@D)/man1 $(@D)/nl/man1
	@$< help --names | while read -r name; do \
		page=dossier-$$(echo "$$name" | tr ' ' -).1; \
		$< --lang en help --man "$$name" >"$(@D)/man1/$$page" || exit 1; \
		$< --lang nl help --man "$$name" >"$(@D)/nl/man1/$$page" || exit 1; \
	done
	@$< --lang en help --man >$(@D)/man1/dossier.1
	@$< --lang nl help --man >$(@D)/nl/man1/dossier.1
	@touch $@

$(BUILD)/dossier.bash: $(BUILD)/dossier
	@$< help --completion bash >$@

.PHONY: man install format analyze help
man: $(BUILD)/man/.made

share := $(DESTDIR)$(PREFIX)/share
install: all $(BUILD)/man/.made $(BUILD)/dossier.bash
	install -D -m 755 $(BUILD)/dossier "$(DESTDIR)$(PREFIX)/bin/dossier"
	install -d "$(share)/man/man1" "$(share)/man/nl/man1" "$(share)/dossier/forms"
	install -m 644 $(BUILD)/man/man1/*.1 "$(share)/man/man1"
	install -m 644 $(BUILD)/man/nl/man1/*.1 "$(share)/man/nl/man1"
	install -D -m 644 $(BUILD)/dossier.bash "$(share)/bash-completion/completions/dossier"
	$(if $(FORMS),install -m 644 $(FORMS) "$(share)/dossier/forms")
	sed 's|@BIN@|$(PREFIX)/bin|' docs/dossier.service >$(BUILD)/dossier.service
	install -D -m 644 $(BUILD)/dossier.service "$(DESTDIR)$(PREFIX)/lib/systemd/system/dossier.service"

touched = $(shell git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h')
format:
	$(if $(touched),clang-format -i $(touched),@echo 'no C file differs from the last commit')

# cppcheck does not follow an error code, so it takes what is set on success for unset; clang-tidy does.
CPPCHECK_NOT := uninitvar legacyUninitvar uninitStructMember ctuuninitvar
analyze:
	$(Q)printf '%s\n' $(filter-out %_data.c,$(foreach f,$(FLOORS),$(call sources,$(f)))) | \
		xargs -n 4 -P "$$(nproc)" sh -c 'clang-tidy --quiet "$$@" -- $(STD) -I. $(CFLAGS_LIBS) 2>/dev/null' -
	$(Q)cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability,performance \
		$(addprefix --suppress=,$(CPPCHECK_NOT)) -I. $(FLOORS)
	$(Q)find tests .ci -name '*.sh' -o -path .ci/run | \
		xargs shellcheck -s sh -S warning -e SC2034,SC2154,SC1007

# (`make clean` is in Makefile, since it must come before anything is read or written here.)
help:
	@sed -n 's/^#: //p' build.mk $(wildcard tests/tests.mk)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
