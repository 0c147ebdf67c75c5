import EventLog
import Projection

/// The library domain once more, as plainly as possible: arrays, searched from end to end.
struct LibraryModel {
    var authors: [Author] = []
    var books: [Book] = []
    var loans: [Loan] = []
    var highestAuthor = 0
    var highestBook = 0

    /// What refuses an event: rule, table and field.
    struct Refused: Error, Equatable {
        let rule: RuleViolation.Rule
        let table: String
        let field: String
    }

    private func refuse(_ rule: RuleViolation.Rule, _ table: String, _ field: String) -> Refused {
        Refused(rule: rule, table: table, field: field)
    }

    mutating func apply(_ event: any Event, time: Timestamp) throws(Refused) {
        switch event {
        case let event as AuthorAdded: try add(event)
        case let event as AuthorChanged: try change(event)
        case let event as AuthorRemoved: try removeAuthor(event.id)
        case let event as BookAdded: try add(event)
        case let event as BookChanged: try change(event)
        case let event as BookRemoved: try removeBook(event.id)
        case let event as LoanMade: try make(event, time)
        case let event as LoanEnded:
            guard let place = loans.firstIndex(where: { $0.bookID == event.book && $0.reader == event.reader }) else {
                throw refuse(.notFound, "loans", "book_id, reader")
            }
            loans.remove(at: place)
        default: break
        }
    }

    private mutating func add(_ event: AuthorAdded) throws(Refused) {
        var author = Author(id: event.id ?? 0, name: event.name, email: event.email, rank: event.rank, mentorID: event.mentor)
        if author.id == 0 { author.id = highestAuthor + 1 }
        if authors.contains(where: { $0.id == author.id }) { throw refuse(.unique, "authors", "id") }
        try check(author)
        highestAuthor = max(highestAuthor, author.id)
        authors.append(author)
    }

    private func check(_ author: Author) throws(Refused) {
        if !(0...100).contains(author.rank) { throw refuse(.check, "authors", "rank") }
        for other in authors where other.id != author.id {
            if other.name == author.name { throw refuse(.unique, "authors", "name") }
        }
        for other in authors where other.id != author.id {
            if let email = author.email, other.email == email, other.rank == author.rank { throw refuse(.unique, "authors", "email, rank") }
        }
        if let mentor = author.mentorID, !authors.contains(where: { $0.id == mentor }) { throw refuse(.foreignKey, "authors", "mentor_id") }
    }

    private mutating func change(_ event: AuthorChanged) throws(Refused) {
        guard let place = authors.firstIndex(where: { $0.id == event.id }) else { throw refuse(.notFound, "authors", "id") }
        var author = authors[place]
        author.name = event.name ?? author.name
        author.rank = event.rank ?? author.rank
        author.mentorID = event.mentor ?? author.mentorID
        if author != authors[place] { try check(author) }
        authors[place] = author
    }

    private mutating func removeAuthor(_ id: Int) throws(Refused) {
        guard let place = authors.firstIndex(where: { $0.id == id }) else { throw refuse(.notFound, "authors", "id") }
        authors.remove(at: place)
        for place in authors.indices where authors[place].mentorID == id { authors[place].mentorID = nil }
        for book in books where book.authorID == id { try removeBook(book.id) }
    }

    private mutating func add(_ event: BookAdded) throws(Refused) {
        var book = Book(id: event.id ?? 0, authorID: event.author, title: event.title, price: event.price, state: event.state)
        if book.id == 0 { book.id = highestBook + 1 }
        if books.contains(where: { $0.id == book.id }) { throw refuse(.unique, "books", "id") }
        try check(book)
        highestBook = max(highestBook, book.id)
        books.append(book)
    }

    private func check(_ book: Book) throws(Refused) {
        if book.price ?? 0 < 0 { throw refuse(.check, "books", "price") }
        if books.contains(where: { $0.id != book.id && $0.authorID == book.authorID && $0.title == book.title }) {
            throw refuse(.unique, "books", "author_id, title")
        }
        if !authors.contains(where: { $0.id == book.authorID }) { throw refuse(.foreignKey, "books", "author_id") }
    }

    private mutating func change(_ event: BookChanged) throws(Refused) {
        guard let place = books.firstIndex(where: { $0.id == event.id }) else { throw refuse(.notFound, "books", "id") }
        var book = books[place]
        book.title = event.title ?? book.title
        book.state = event.state ?? book.state
        if book != books[place] { try check(book) }
        books[place] = book
    }

    private mutating func removeBook(_ id: Int) throws(Refused) {
        guard let place = books.firstIndex(where: { $0.id == id }) else { throw refuse(.notFound, "books", "id") }
        books.remove(at: place)
        if loans.contains(where: { $0.bookID == id }) { throw refuse(.restrict, "loans", "book_id") }
    }

    private mutating func make(_ event: LoanMade, _ time: Timestamp) throws(Refused) {
        let loan = Loan(bookID: event.book, reader: event.reader, note: event.note, at: SQLTime(time))
        let place = loans.firstIndex { $0.bookID == loan.bookID && $0.reader == loan.reader }
        if let place, loans[place] == loan { return }
        if !["", "late"].contains(loan.note) { throw refuse(.check, "loans", "note") }
        if !books.contains(where: { $0.id == loan.bookID }) { throw refuse(.foreignKey, "loans", "book_id") }
        if let place { loans[place] = loan } else { loans.append(loan) }
    }
}
