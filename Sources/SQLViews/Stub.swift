import EventLog
import Projection
public struct QueryOptions: Sendable { public var timeLimit: Duration?; public init() {} }
public struct QueryError: Error, CustomStringConvertible { public let description: String }
public final class QueryResult { public let columns: [String] = []; public let position: Position = 0
  public func next() throws -> Bool { false }
  public func value(_ i: Int) -> SQLValue { .null } }
public final class QueryRunner: Sendable { public init(_ engine: Engine) {}
  public func run<R>(_ sql: String, _ parameters: [SQLValue] = [], options: QueryOptions = .init(), _ body: (QueryResult) throws -> R) throws -> R { try body(QueryResult()) } }
