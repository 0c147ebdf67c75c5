/// What events change in a derived environment, gathered in memory on top of what is committed there.
public protocol DerivedChanges: AnyObject {
    /// How many events are gathered.
    var eventCount: Int { get }
    /// Roughly the memory that they take.
    var byteCount: Int { get }
    /// From here on what was not changed here is looked up in `below`, and what was not changed there in the transaction.
    func look(in transaction: DerivedTransaction, below: Self?) throws
    /// Lets go of the transaction and of what is below.
    func detach()
    /// Writes the changes. Meanwhile another thread may look up in them, and changes nothing.
    func write(to transaction: DerivedTransaction) throws
}
