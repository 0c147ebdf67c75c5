import Foundation
import TestSupport
import Testing

/// A library that stands between a process and the system: built from a file of `Tests/TrustTests/Recorder`.
struct Preload {
    let library: String

    init(_ source: String, in folder: TemporaryFolder) throws {
        library = folder["\(source).so"]
        let path = "\(TestFiles.root)/Tests/TrustTests/Recorder/\(source).c"
        let compiled = try Command("/usr/bin/env").run(["clang", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, path])
        try #require(compiled.code == 0, "\(compiled.errors)")
    }
}
