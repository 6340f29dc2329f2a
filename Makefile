# SPDX-License-Identifier: Apache-2.0
#
# Thin names over CMake, Ninja, CTest and CPack. `make help` lists them.
# Variables: WERROR=ON makes warnings errors, JOBS=n, PREFIX=/usr/local, CMAKE_ARGS="..." for more.
WERROR     ?= OFF
JOBS       ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX     ?= /usr/local
CMAKE_ARGS ?=
FUZZ_SECONDS ?= 10
FUZZ_SEED  ?= 1
CLANG      := $(firstword $(foreach c,clang-14 clang,$(shell command -v $(c) 2>/dev/null)) clang)
CLANGXX    := $(subst clang,clang++,$(notdir $(CLANG)))
FORMAT      = $(firstword $(foreach c,clang-format-14 clang-format,$(shell command -v $(c) 2>/dev/null)) clang-format)
# Thread sanitizer of gcc 12 cannot place its shadow under strong address randomisation.
NOASLR     := $(shell setarch -R true 2>/dev/null && echo setarch -R)

CONFIGURE  = cmake -S . -G Ninja -DWEIR_WERROR=$(WERROR) $(CMAKE_ARGS)
CTEST      = ctest --output-on-failure -j $(JOBS) --no-tests=error

.PHONY: all run test test-asan test-tsan fuzz-smoke bench tidy format install package help
.DEFAULT_GOAL := all

all: ## build build/weir
	@tools/setup build
	@$(CONFIGURE) -B build --log-level=WARNING > /dev/null
	@ninja -C build -j $(JOBS)

run: all ## build, then run the main example on real data
	@if [ -x examples/run ]; then examples/run; \
	else echo "make run: examples/run is missing from this tree; nothing to show." >&2; exit 1; fi

test: all ## build, then run the whole test suite
	@cd build && $(CTEST)

test-asan: ## the suite under the address and undefined-behaviour sanitizers
	@tools/setup build
	@$(CONFIGURE) -B build-asan -DWEIR_SANITIZE=address --log-level=WARNING > /dev/null
	@ninja -C build-asan -j $(JOBS)
	@cd build-asan && ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 $(CTEST) -LE 'check|bench|configuration'

test-tsan: ## the suite under the thread sanitizer
	@tools/setup build
	@$(CONFIGURE) -B build-tsan -DWEIR_SANITIZE=thread --log-level=WARNING > /dev/null
	@ninja -C build-tsan -j $(JOBS)
	@cd build-tsan && TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 $(NOASLR) $(CTEST) -LE 'check|bench|configuration'

fuzz-smoke: ## run every fuzz target for FUZZ_SECONDS (10) from FUZZ_SEED (1; 0: another each time)
	@tools/setup build fuzz
	@$(CONFIGURE) -B build-fuzz -DCMAKE_C_COMPILER=$(CLANG) -DCMAKE_CXX_COMPILER=$(CLANGXX) -DWEIR_FUZZ=ON \
		-DWEIR_TESTS=OFF -DWEIR_SANITIZE=address -DWEIR_FUZZ_SECONDS=$(FUZZ_SECONDS) -DWEIR_FUZZ_SEED=$(FUZZ_SEED) --log-level=WARNING > /dev/null
	@ninja -C build-fuzz -j $(JOBS)
	@cd build-fuzz && $(CTEST) -L fuzz

bench: all ## measure at full size; prints a table
	@if [ -x bench/run ]; then bench/run build; \
	else echo "make bench: bench/run is missing from this tree; nothing to measure." >&2; exit 1; fi

tidy: ## all checks of the source text, then clang-tidy
	@tools/setup build tidy
	@$(CONFIGURE) -B build --log-level=WARNING > /dev/null
	@ninja -C build -j $(JOBS)
	@cd build && $(CTEST) -L check
	@tools/tidy build

format: ## lay out all C and C++ files by .clang-format
	@tools/setup format
	@find src include test bench -name '*.[ch]' -o -name '*.cc' 2>/dev/null | xargs -r $(FORMAT) -i

install: all ## install below PREFIX (/usr/local)
	@cmake --install build --prefix $(PREFIX)

package: all ## a .deb and a .tar.gz in build/
	@tools/setup package
	@cd build && cpack

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
