import CSQLite

/// A table that SQLite sees and whose rows are read elsewhere.
protocol VirtualTable: AnyObject {
    var name: String { get }
    /// The CREATE TABLE statement that names its columns.
    var declaration: String { get }
    /// Decides how to find the rows that a query asks for.
    ///
    /// - Returns: false when the table cannot be read in this way; SQLite then tries another order of joining.
    func plan(_ question: IndexQuestion) throws -> Bool
    func open() throws -> any VirtualCursor
    /// No statement is prepared any more that a plan's number is in.
    func forgetPlans()
}

/// A place among the rows of a virtual table.
protocol VirtualCursor: AnyObject {
    /// Goes to the first row of a plan, with the values that its constraints compare to.
    func filter(_ plan: Int, _ arguments: ArgumentList) throws
    func next() throws
    var isAtEnd: Bool { get }
    /// Hands over the value of a column of the current row.
    func column(_ place: Int, to result: ColumnResult) throws
    func rowID() throws -> Int64
}
