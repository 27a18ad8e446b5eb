# Programs that the regression scripts ask: tests/regress/NAME.c becomes BUILD/tests/regress/NAME.
REGRESS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/regress/*.c)))

$(BUILD)/tests/regress/%: $(BUILD)/obj/tests/regress/%.o $(BUILD)/lib/libsupport.a $(ALL_LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(call link,$(LIBS_node) $(LIBS_base))

test: $(REGRESS)
