# SPDX-License-Identifier: Apache-2.0
#
# Compiler and linker flags, all on one interface target `weir_flags` that every target of ours links.
# Release keeps assert() (no NDEBUG). Floating point contraction is off, so that the CPU levels of
# the kernels round alike.
find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER "${WEIR_CCACHE}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${WEIR_CCACHE}")
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    set(WEIR_X86_64 ON)
else()
    set(WEIR_X86_64 OFF)
endif()

set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g3")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g3")
set(CMAKE_POSITION_INDEPENDENT_CODE OFF) # -fPIC below, for everything: program and shared library are of the same objects

add_library(weir_flags INTERFACE)
target_include_directories(weir_flags INTERFACE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/include")
target_compile_definitions(weir_flags INTERFACE
    $<$<COMPILE_LANGUAGE:C>:_GNU_SOURCE> "WEIR_VERSION=\"${PROJECT_VERSION}\"")
target_compile_options(weir_flags INTERFACE
    -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections
    -fno-strict-overflow -fno-common -ffp-contract=off -fno-math-errno
    -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wundef -Wvla -Wpointer-arith
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
target_link_options(weir_flags INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,--gc-sections -Wl,--as-needed)

if(WEIR_X86_64)
    target_compile_options(weir_flags INTERFACE -march=x86-64-v2)
endif()
if(WEIR_WERROR)
    target_compile_options(weir_flags INTERFACE -Werror)
endif()
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
    # As gcc takes them: -Wconversion leaves signs alone, a va_list function may take its format from outside.
    target_compile_options(weir_flags INTERFACE -Wno-sign-conversion -Wno-implicit-int-float-conversion -Wno-string-conversion
        -Wno-format-nonliteral)
endif()

if(WEIR_SANITIZE STREQUAL "address")
    set(weir_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(WEIR_SANITIZE STREQUAL "thread")
    set(weir_sanitize -fsanitize=thread)
elseif(NOT WEIR_SANITIZE STREQUAL "")
    message(FATAL_ERROR "WEIR_SANITIZE is '${WEIR_SANITIZE}'; it may be empty, address or thread.")
endif()
if(weir_sanitize)
    target_compile_options(weir_flags INTERFACE ${weir_sanitize} -O1 -fno-omit-frame-pointer)
    target_compile_definitions(weir_flags INTERFACE WEIR_SANITIZED)
    target_link_options(weir_flags INTERFACE ${weir_sanitize})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(weir_flags INTERFACE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    target_link_options(weir_flags INTERFACE -Wl,-z,relro -Wl,-z,now)
endif()

if(WEIR_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "WEIR_FUZZ needs clang: configure with -DCMAKE_C_COMPILER=clang-14 "
                            "-DCMAKE_CXX_COMPILER=clang++-14.")
    endif()
    target_compile_options(weir_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
