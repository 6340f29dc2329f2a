# SPDX-License-Identifier: Apache-2.0
#
# From the folders of src/ to libraries and the program.

# weir_add_kernels(<target> <file>...): kernel files (kernels_*.c) are compiled once per CPU level,
# with KERNEL_LEVEL set to the level's name (v2, v3, v4; `portable` where the machine is not x86-64).
# The code suffixes its external symbols with it, so that all levels stand in one program and a table
# chooses at start.
function(weir_add_kernels target)
    if(WEIR_X86_64)
        set(levels v2 v3 v4)
    else()
        set(levels portable)
    endif()
    foreach(level IN LISTS levels)
        set(object "${target}_kernels_${level}")
        add_library(${object} OBJECT ${ARGN})
        target_link_libraries(${object} PRIVATE weir_flags weir_deps)
        target_compile_definitions(${object} PRIVATE KERNEL_LEVEL=${level})
        if(WEIR_X86_64)
            target_compile_options(${object} PRIVATE "-march=x86-64-${level}")
        endif()
        if(NOT WEIR_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
            target_compile_options(${object} PRIVATE -O3)
        endif()
        target_sources(${target} PRIVATE $<TARGET_OBJECTS:${object}>)
    endforeach()
endfunction()

# weir_add_libraries(): one static library per folder that has sources, and `weir_all` over them.
function(weir_add_libraries)
    set(libraries "")
    foreach(dir IN LISTS WEIR_DIRS)
        file(GLOB_RECURSE sources CONFIGURE_DEPENDS
            "${CMAKE_SOURCE_DIR}/src/${dir}/*.c" "${CMAKE_SOURCE_DIR}/src/${dir}/*.cc")
        list(REMOVE_ITEM sources "${CMAKE_SOURCE_DIR}/src/cli/main.c")
        list(FILTER sources EXCLUDE REGEX "/src/api/weir_[^/]*[.]c$")
        if(NOT sources)
            continue()
        endif()
        set(kernels "${sources}")
        list(FILTER kernels INCLUDE REGEX "/kernels_[^/]*[.]c$")
        list(FILTER sources EXCLUDE REGEX "/kernels_[^/]*[.]c$")
        add_library(weir_${dir} STATIC ${sources})
        set_target_properties(weir_${dir} PROPERTIES LINKER_LANGUAGE C)
        target_link_libraries(weir_${dir} PUBLIC weir_flags weir_deps)
        if(kernels)
            weir_add_kernels(weir_${dir} ${kernels})
        endif()
        list(APPEND libraries weir_${dir})
    endforeach()

    add_library(weir_all INTERFACE)
    if(libraries)
        list(JOIN libraries "," group)
        target_link_libraries(weir_all INTERFACE "$<LINK_GROUP:RESCAN,${group}>")
    endif()
    target_link_libraries(weir_all INTERFACE weir_flags weir_deps)
    set(WEIR_LIBRARIES "${libraries}" PARENT_SCOPE)
endfunction()

# weir_add_program(): build/weir, once src/cli/main.c exists and cli is among WEIR_DIRS.
function(weir_add_program)
    if(NOT "cli" IN_LIST WEIR_DIRS OR NOT EXISTS "${CMAKE_SOURCE_DIR}/src/cli/main.c")
        message(STATUS "No src/cli/main.c in this build: libraries and tests only")
        return()
    endif()
    add_executable(weir "${CMAKE_SOURCE_DIR}/src/cli/main.c")
    target_link_libraries(weir PRIVATE weir_all)
    set_target_properties(weir PROPERTIES LINKER_LANGUAGE CXX RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
endfunction()

# weir_add_shared(): libweir.so, the engine behind include/weir.h: src/api/weir_*.c over the same libraries as
# the program. Only weir_* is visible; outside libraries that are archives are hidden in it.
function(weir_add_shared)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/api/weir_*.c")
    if(NOT "api" IN_LIST WEIR_DIRS OR NOT sources OR WEIR_FUZZ)
        return()
    endif()
    set(map "${CMAKE_SOURCE_DIR}/src/api/libweir.map")
    add_library(weir_shared SHARED ${sources})
    target_link_libraries(weir_shared PRIVATE weir_all)
    target_link_options(weir_shared PRIVATE "LINKER:--version-script=${map}")
    if(NOT WEIR_SANITIZE)
        target_link_options(weir_shared PRIVATE "LINKER:-z,defs") # the sanitizers' runtime is the program's
    endif()
    set_target_properties(weir_shared PROPERTIES OUTPUT_NAME weir VERSION "${PROJECT_VERSION}" SOVERSION 0 LINKER_LANGUAGE CXX
        LINK_DEPENDS "${map}" PUBLIC_HEADER "${CMAKE_SOURCE_DIR}/include/weir.h")
    set(WEIR_PUBLIC_SOURCES "${sources}" PARENT_SCOPE)
endfunction()
