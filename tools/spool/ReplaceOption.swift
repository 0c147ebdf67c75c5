import ArgumentParser
import Glibc
import Spool

/// Whether a file that is written may take the place of another.
struct ReplaceOption: ParsableArguments {
    @Flag(name: .long, help: "Replace a file that is there.")
    var replace = false

    /// Looks before the work begins, which may take long.
    ///
    /// - Throws: for a file of a store, and for one that is there and is not to be replaced.
    func check(_ path: String) throws {
        try StoreError.checkOutside(path)
        var status = stat()
        // What is no file is not replaced either way.
        guard !replace, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        throw WrongUse("\(path) is there already: give --replace to replace it, or another name.")
    }
}
