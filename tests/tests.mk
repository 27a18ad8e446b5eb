# Programs that the regression scripts ask: tests/regress/NAME.c becomes BUILD/tests/regress/NAME.
TOOLS += $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/regress/*.c)))

$(BUILD)/tests/regress/%: $(BUILD)/obj/tests/regress/%.o $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

# Random histories through the engine and the model.  Links nothing above schema, and carries its own
# form beside the real ones.
$(BUILD)/gen/histories_forms.c: tests/model/model.json $(FORMS) tests/embed.sh $(BUILD)/stamp/forms
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)sh tests/embed.sh tests/model/model.json $(FORMS) > $@

$(BUILD)/obj/gen/histories_forms.o: $(BUILD)/gen/histories_forms.c $(BUILD)/stamp/flags \
		| $(BUILD)/inc/node/.made
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -I$(BUILD)/inc/node -c $< -o $@

$(BUILD)/tests/histories: $(call objects,$(call sources,tests/histories tests/model)) \
		$(BUILD)/obj/gen/histories_forms.o $(BUILD)/lib/libsupport.a $(call lib,schema) $(call lib,base)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_base))

PROGRAMS += $(BUILD)/tests/histories
accept-1-6: $(BUILD)/tests/histories $(BUILD)/tests/unit/schema/test_view

# Hostile inputs, and what must become of each: tests/refusals.tsv.
$(BUILD)/tests/refusals: $(call objects,$(call sources,tests/refusals)) $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

TOOLS += $(BUILD)/tests/refusals
SCRIPTS += tests/accept/1-4.sh
accept-1-4: $(BUILD)/tests/refusals

# Sites that hold different compartments of the same cases.
$(BUILD)/tests/sight: $(call objects,$(call sources,tests/sight)) $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

TOOLS += $(BUILD)/tests/sight
SCRIPTS += tests/accept/1-3.sh tests/accept/1-5.sh
accept-1-3: $(BUILD)/tests/sight
accept-1-5: $(BUILD)/tests/sight

.PHONY: long-signatures
long: long-signatures
long-signatures: all $(BUILD)/tests/sight
	@FULL=1 sh tests/accept/1-3.sh "$$(cd $(BUILD) && pwd)"

# What each path costs, beside the floors of the same run; exit code 1 when a gate fails.
BENCH := $(addprefix tests/bench/,main.c edit.c receive.c sync.c table.c work.c)
$(BUILD)/tests/bench/bench: $(call objects,$(BENCH)) $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

# What the store costs.
$(BUILD)/tests/bench/bench_store: $(BUILD)/obj/tests/bench/bench_store.o $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

# What a view costs.
$(BUILD)/tests/bench_view: $(BUILD)/obj/tests/bench/view.o $(BUILD)/obj/gen/histories_forms.o \
		$(call lib,schema) $(call lib,base)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_base))

.PHONY: bench bench-view
bench: $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/bench_store bench-view
	$(BUILD)/tests/bench/bench_store
	$(BUILD)/tests/bench/bench
bench-view: $(BUILD)/tests/bench_view
	$(BUILD)/tests/bench_view

accept-1-8: $(BUILD)/tests/bench/bench

# Whole runs of what `make test` samples.
.PHONY: long long-histories long-rule-mutants
long: long-histories long-rule-mutants
long-histories: $(BUILD)/tests/histories
	$(BUILD)/tests/histories --count 100000 --seed 1000000
long-rule-mutants: $(BUILD)/tests/histories $(BUILD)/replay $(BUILD)/tests/unit/schema/test_view
	python3 tests/mutants/rules.py $(BUILD)

# A link that one can spoil, and the day on five nodes that it is used in.
$(BUILD)/tests/link: $(BUILD)/obj/tests/link/link.o
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,)

$(BUILD)/tests/same: $(BUILD)/obj/tests/demo/same.o $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

TOOLS += $(BUILD)/tests/link $(BUILD)/tests/same

.PHONY: demo
demo: all $(BUILD)/tests/link $(BUILD)/tests/same
	@sh tests/demo/play.sh $(BUILD) $(DEMO_DIR)

# Three sites that worked apart, for scripts that let them meet.
$(BUILD)/tests/meet: $(BUILD)/obj/tests/meet/meet.o $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

TOOLS += $(BUILD)/tests/meet
accept-1-2: $(BUILD)/tests/meet

# The simulation: nodes in one process, links and disks that fail, by seed.
$(BUILD)/tests/sim/sim: $(call objects,$(call sources,tests/sim)) $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

PROGRAMS += $(BUILD)/tests/sim/sim

SEEDS ?= 2000
.PHONY: sim
sim: $(BUILD)/tests/sim/sim
	$(BUILD)/tests/sim/sim --seeds $(SEEDS)
