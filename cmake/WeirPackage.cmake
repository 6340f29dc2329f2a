# SPDX-License-Identifier: Apache-2.0
#
# `make install` and `make package` (DEB and TGZ): the program with its manual page and completions, the library
# with its header and pkg-config file, the licence and the documents. Manual page and completions are printed by the
# program that was just built, so they name what it has.
include(GNUInstallDirs)
set(weir_generated "${CMAKE_BINARY_DIR}/generated")

# weir_print(<file> <argument>...): what the program prints, as a file of the default build.
function(weir_print file)
    add_custom_command(OUTPUT "${weir_generated}/${file}"
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${weir_generated}"
        COMMAND sh -c "\"$@\" > ${weir_generated}/${file}" weir "$<TARGET_FILE:weir>" ${ARGN}
        DEPENDS weir VERBATIM)
    set_property(GLOBAL APPEND PROPERTY WEIR_PRINTED "${weir_generated}/${file}")
endfunction()

if(TARGET weir)
    install(TARGETS weir RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
    if(NOT WEIR_SANITIZE AND NOT WEIR_FUZZ)
        weir_print(weir.1 manual)
        weir_print(weir.bash completion bash)
        weir_print(_weir completion zsh)
        weir_print(weir.fish completion fish)
        get_property(printed GLOBAL PROPERTY WEIR_PRINTED)
        add_custom_target(weir_printed ALL DEPENDS ${printed})
        install(FILES "${weir_generated}/weir.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
        install(FILES "${weir_generated}/weir.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME weir)
        install(FILES "${weir_generated}/_weir" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions")
        install(FILES "${weir_generated}/weir.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
    endif()
endif()

if(TARGET weir_shared)
    # Relative to where the file lies, so that an installation can be moved.
    file(RELATIVE_PATH WEIR_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
    string(REGEX REPLACE "/$" "" WEIR_PC_PREFIX "${WEIR_PC_PREFIX}")
    set(WEIR_PC_PRIVATE "-lsimdjson -ldouble-conversion -lpcre2-8 -lutf8proc -lcrypto -lstdc++ -lm -lpthread")
    configure_file(cmake/weir.pc.in "${weir_generated}/weir.pc" @ONLY)
    install(TARGETS weir_shared LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" PUBLIC_HEADER DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
    install(FILES "${weir_generated}/weir.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
    if(NOT WEIR_SANITIZE AND NOT WEIR_FUZZ AND CMAKE_LINKER AND CMAKE_OBJCOPY)
        set(weir_archives "")
        foreach(library IN LISTS WEIR_LIBRARIES)
            if(NOT library MATCHES "^weir_(cli|shell)$")
                list(APPEND weir_archives "$<TARGET_FILE:${library}>")
            endif()
        endforeach()
        add_library(weir_public STATIC EXCLUDE_FROM_ALL ${WEIR_PUBLIC_SOURCES})
        target_link_libraries(weir_public PRIVATE weir_flags weir_deps)
        add_custom_command(OUTPUT "${weir_generated}/libweir.a"
            COMMAND "${CMAKE_COMMAND}" -E make_directory "${weir_generated}"
            COMMAND "${CMAKE_SOURCE_DIR}/cmake/localize" "${weir_generated}/libweir.a" "${CMAKE_LINKER}" "${CMAKE_OBJCOPY}" "${CMAKE_AR}"
                    "$<TARGET_FILE:weir_public>" ${weir_archives}
            DEPENDS weir_public ${WEIR_LIBRARIES} "${CMAKE_SOURCE_DIR}/cmake/localize" VERBATIM)
        add_custom_target(weir_static ALL DEPENDS "${weir_generated}/libweir.a")
        install(FILES "${weir_generated}/libweir.a" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    endif()
endif()

install(FILES LICENSE README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}" FILES_MATCHING PATTERN "*.md")
install(DIRECTORY examples/c examples/python DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples" PATTERN "*.expected" EXCLUDE PATTERN "__pycache__" EXCLUDE)

set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_PACKAGE_NAME weir)
set(CPACK_PACKAGE_VENDOR "The Weir authors")
set(CPACK_PACKAGE_CONTACT "The Weir authors <weir@localhost>")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
# The zone files are read at run time.
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)
include(CPack)
