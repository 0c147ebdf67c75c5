/// ArgumentParser finds out by reflection what a verb takes, 14 of the 32 million instructions that a whole `append` once took. A command line
/// that says plainly what to store is read here; any other is left to it, with its help and its errors.
extension NewEvent {
    /// nil for what is not `append TYPE key=text … --option value …`, each option once.
    ///
    /// - Parameter arguments: what follows the program's name.
    init?(commandLine arguments: some Sequence<String>) {
        var arguments = arguments.makeIterator()
        guard arguments.next() == "append" else { return nil }
        var given: Set<String> = []
        while let argument = arguments.next() {
            if argument.utf8.first == UInt8(ascii: "-") {
                let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard given.insert(parts[0]).inserted, let value = parts.count == 2 ? parts[1] : arguments.next(),
                    parts.count == 2 || value.utf8.first != UInt8(ascii: "-"), !value.isEmpty, set(parts[0], value)
                else { return nil }
            } else if type.isEmpty {
                guard !argument.isEmpty, argument != "help" else { return nil }
                type = argument
            } else {
                fields.append(argument)
            }
        }
        if type.isEmpty { return nil }
    }

    /// Returns false for an option that is not known here, or does not take the value.
    private mutating func set(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--store": store = value
        case "--format":
            guard let format = OutputFormat(rawValue: value) else { return false }
            self.format = format
        case "--data": data = value
        case "--id": id = value
        case "--source": source = value
        case "--subject": subject = value
        case "--time": time = value
        case "--correlation": correlation = value
        case "--causation": causation = value
        case "--actor": actor = value
        case "--expect": expect = value
        default: return false
        }
        return true
    }
}
