extension JSONDocument {
    @inline(never)
    func failure(_ kind: JSONError.Kind, _ reason: String, at index: Int) -> JSONError {
        JSONError(kind: kind, reason: reason, path: path(to: index), offset: Int(tape[index].start))
    }

    @inline(never)
    func wrongType(_ expected: String, at index: Int) -> JSONError {
        failure(.wrongType, "expected \(expected), found \(foundText(index))", at: index)
    }

    /// The error for something absent from the object or array at a tape index.
    func missing(_ step: JSONPathComponent, in container: Int, _ reason: String) -> JSONError {
        let path = JSONPathComponent.render(components(to: container) + [step])
        return JSONError(kind: .missingField, reason: reason, path: path, offset: Int(tape[container].start))
    }

    /// The value as error messages show it: `the text "many"`, `the number 5.5`, `an object`.
    func foundText(_ index: Int) -> String {
        switch tape[index].kind {
        case .object: "an object"
        case .array: "an array"
        case .string: "the text \(JSONQuoting.quoted(string(index)))"
        case .integer, .real: "the number \(JSONQuoting.escaped(rawText(index)))"
        case .bool, .null: rawText(index)
        }
    }

    func rawText(_ index: Int) -> String {
        String(decoding: bytes[range(index)], as: UTF8.self)
    }

    /// Turns what a decoded type threw into an error with a path; `index` is the value it was decoding.
    func failure(from error: any Error, decoding type: Any.Type, at index: Int) -> JSONError {
        if let error = error as? JSONError { return error }
        guard let error = error as? DecodingError else {
            return failure(.invalidValue, describe("\(error)"), at: index)
        }
        switch error {
        case .typeMismatch(_, let context):
            return failure(.wrongType, describe(context.debugDescription), along: context.codingPath, from: index)
        case .valueNotFound(_, let context):
            return failure(.wrongType, describe(context.debugDescription), along: context.codingPath, from: index)
        case .keyNotFound(let key, let context):
            let path = context.codingPath + [key]
            return failure(.missingField, "expected this required field, found none", along: path, from: index)
        case .dataCorrupted(let context):
            let reason = allowedValues(of: type, at: index) ?? describe(context.debugDescription)
            return failure(.invalidValue, reason, along: context.codingPath, from: index)
        @unknown default:
            return failure(.invalidValue, describe("\(error)"), at: index)
        }
    }

    private func failure(_ kind: JSONError.Kind, _ reason: String, along codingPath: [any CodingKey], from index: Int) -> JSONError {
        guard !codingPath.isEmpty else { return failure(kind, reason, at: index) }
        let (components, target) = follow(codingPath)
        return JSONError(
            kind: kind, reason: reason, path: JSONPathComponent.render(components), offset: Int(tape[target ?? index].start))
    }

    private func describe(_ text: String) -> String {
        text.isEmpty ? "the value was refused without a reason" : JSONQuoting.escaped(text, limit: 300)
    }

    /// For an enum with raw values, a list of them.
    private func allowedValues(of type: Any.Type, at index: Int) -> String? {
        guard type is any RawRepresentable.Type, let type = type as? any CaseIterable.Type else { return nil }
        let names = rawValues(of: type).map { value in
            (value as? String).map { JSONQuoting.quoted($0) } ?? "\(value)"
        }
        guard !names.isEmpty else { return nil }
        return "expected one of \(names.prefix(20).joined(separator: ", ")), found \(foundText(index))"
    }

    private func rawValues<T: CaseIterable>(of type: T.Type) -> [Any] {
        type.allCases.compactMap { value in (value as? any RawRepresentable).map { $0.rawValue } }
    }
}
