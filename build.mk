# The build proper; started by Makefile once the packages are there.  Works with -j, out of tree.
#
#: make            build everything into build/
#: make demo       play a day on five nodes and show what was proven
#: make test       all tests that need no long time
#: make accept-1-N one acceptance line, with its figures
#: make bench      figures with ratios to floors measured in the same run
#: make long       everything that `make test` samples, whole
#: make san        unit tests under address and undefined sanitizers
#: make install    program, man pages, completion (PREFIX, DESTDIR)
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
unexport MAKEFLAGS_OUTER

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

.PHONY: all
all: $(BUILD)/dossier $(BUILD)/replay

# Include folders, one per floor.
$(BUILD)/inc/%/.made: build.mk
	@mkdir -p $(@D)
	@for floor in $(below_$*); do ln -sfn "$(CURDIR)/$$floor" "$(@D)/$$floor"; done
	@touch $@

# Generated sources: the forms, so that one binary carries them.
FORMS := $(sort $(wildcard schema/forms/*.json))
$(BUILD)/gen/forms_data.c: $(FORMS) build.mk tests/embed.sh
	@mkdir -p $(@D)
	@sh tests/embed.sh $(FORMS) > $@

# A floor's library.
define floor_rules
SRC_$(1) := $$(call sources,$(1))
OBJ_$(1) := $$(call objects,$$(filter-out %/main.c,$$(SRC_$(1))))
$$(BUILD)/lib/lib$(1).a: $$(OBJ_$(1)) $$(EXTRA_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$(filter %.o,$$^)
$$(BUILD)/obj/$(1)/%.o: $(1)/%.c $$(BUILD)/inc/$(1)/.made
	@mkdir -p $$(@D)
	$$(CC) $$(STD) $$(WARN) $$(HARD) -MMD -MP -I$$(BUILD)/inc/$(1) $$(CFLAGS_LIBS) -c $$< -o $$@
endef
EXTRA_node := $(BUILD)/obj/gen/forms_data.o
$(foreach floor,$(FLOORS),$(eval $(call floor_rules,$(floor))))

$(BUILD)/obj/gen/forms_data.o: $(BUILD)/gen/forms_data.c $(BUILD)/inc/node/.made
	@mkdir -p $(@D)
	$(CC) $(STD) $(WARN) $(HARD) -I$(BUILD)/inc/node -c $< -o $@

# Tests may include everything.
$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/inc/tests/.made
	@mkdir -p $(@D)
	$(CC) $(STD) $(WARN) $(HARD) -MMD -MP -I$(BUILD)/inc/tests $(CFLAGS_LIBS) -c $< -o $@

lib = $(BUILD)/lib/lib$(1).a
ALL_LIBS := $(foreach f,cli node schema sync base,$(call lib,$(f)))

$(BUILD)/dossier: $(BUILD)/obj/cli/main.o $(ALL_LIBS)
	$(CC) $(LINKHARD) $^ $(LIBS_node) $(LIBS_base) -o $@

# The stories' player: pure engine plus, with --nodes, real nodes.
$(BUILD)/replay: $(call objects,$(call sources,tests/replay)) $(ALL_LIBS)
	$(CC) $(LINKHARD) $^ $(LIBS_node) $(LIBS_base) -o $@

# Unit tests: tests/unit/FLOOR/test_NAME.c is a program of its own that links its floor and those
# below, nothing else.
UNIT := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(shell find tests/unit -name 'test_*.c')))
UNIT_HELP := $(call objects,$(call sources,tests/support))
define unit_rules
$$(BUILD)/tests/unit/$(1)/%: $$(BUILD)/obj/tests/unit/$(1)/%.o $(foreach f,$(below_$(1)),$(BUILD)/lib/lib$(f).a)
	@mkdir -p $$(@D)
	$$(CC) $$(LINKHARD) $$^ $$(LIBS_test) $(if $(filter node,$(below_$(1))),$$(LIBS_node)) $$(LIBS_base) -o $$@
endef
$(foreach floor,$(FLOORS),$(eval $(call unit_rules,$(floor))))

.PHONY: unit
unit: $(UNIT)
	@sh tests/run.sh $(UNIT)

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include tests/tests.mk

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
