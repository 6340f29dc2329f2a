# SPDX-License-Identifier: Apache-2.0
#
# The engine's outside libraries, as one interface target `weir_deps`. A static archive is taken
# where the system has one, since each shared library costs start-up time. A library that is not
# installed is named once, with the way to get it.
find_package(Threads REQUIRED)
add_library(weir_deps INTERFACE)
set(weir_deps_missing "")

# weir_find_dep(<name> <header> [CXX]): archive first, then the shared library.
function(weir_find_dep name header)
    cmake_parse_arguments(arg "CXX" "" "" ${ARGN})
    string(MAKE_C_IDENTIFIER "${name}" id)
    find_path(WEIR_${id}_INCLUDE "${header}")
    find_library(WEIR_${id}_LIBRARY NAMES "lib${name}.a" "${name}")
    if(NOT WEIR_${id}_INCLUDE OR NOT WEIR_${id}_LIBRARY)
        set(weir_deps_missing "${weir_deps_missing} ${name}" PARENT_SCOPE)
        return()
    endif()
    target_include_directories(weir_deps SYSTEM INTERFACE "${WEIR_${id}_INCLUDE}")
    target_link_libraries(weir_deps INTERFACE "${WEIR_${id}_LIBRARY}")
    if(arg_CXX AND NOT WEIR_${id}_LIBRARY MATCHES "[.]a$")
        set(weir_deps_shared_cxx ON PARENT_SCOPE)
    endif()
endfunction()

set(weir_deps_shared_cxx OFF)
weir_find_dep(simdjson simdjson.h CXX)
weir_find_dep(double-conversion double-conversion/double-conversion.h CXX)
weir_find_dep(pcre2-8 pcre2.h)
weir_find_dep(utf8proc utf8proc.h)
weir_find_dep(crypto openssl/sha.h)
find_path(WEIR_xxhash_INCLUDE xxhash.h)
if(NOT WEIR_xxhash_INCLUDE)
    string(APPEND weir_deps_missing " xxhash.h")
endif()
if(weir_deps_missing)
    message(FATAL_ERROR "Missing libraries:${weir_deps_missing}. Run tools/setup to install what is missing.")
endif()

target_compile_definitions(weir_deps INTERFACE PCRE2_CODE_UNIT_WIDTH=8)
target_link_libraries(weir_deps INTERFACE Threads::Threads m)
# With a shared C++ library in the program, libstdc++ is loaded anyway: a second, static copy would
# only be a second copy.
if(NOT weir_deps_shared_cxx AND NOT WEIR_SANITIZE AND NOT WEIR_FUZZ)
    target_link_options(weir_deps INTERFACE $<$<LINK_LANGUAGE:CXX>:-static-libstdc++> -static-libgcc)
endif()
