"""Conan 2 recipe: `conan create packaging/conan -s compiler.cppstd=20` from the source tree.

Dependencies are the system's (Debian and Ubuntu names in system_requirements), so that it works
without a remote; the package carries keel's own CMake and pkg-config files.
"""

import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy
from conan.tools.system.package_manager import Apt


class KeelConan(ConanFile):
    name = "keel"
    version = "0.1.0"
    license = "Apache-2.0"
    description = "An embeddable C++20 trading SDK"
    topics = ("trading", "backtesting", "order-management")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "with_cli": [True, False]}
    default_options = {"shared": False, "fPIC": True, "with_cli": False}

    def export_sources(self):
        tree = os.path.join(self.recipe_folder, "..", "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*",
                        "packaging/*"):
            copy(self, pattern, tree, self.export_sources_folder)

    def validate(self):
        check_min_cppstd(self, 20)

    def system_requirements(self):
        Apt(self).check(["libfmt-dev", "libhowardhinnant-date-dev", "zlib1g-dev", "libzstd-dev"])

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for name in ("TESTS", "EXAMPLES", "BENCH", "PYTHON"):
            toolchain.cache_variables[f"KEEL_BUILD_{name}"] = "OFF"
        toolchain.cache_variables["KEEL_BUILD_CLI"] = "ON" if self.options.with_cli else "OFF"
        toolchain.cache_variables["KEEL_INSTALL"] = "ON"
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # keel's own package files say more than Conan's could: rooms, and what each needs.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "keel")]
        self.cpp_info.includedirs = ["include"]
