import EventLog
import Projection

/// A domain made for these tests: every kind of rule, on three tables that refer to each other.
struct Author: Row, Equatable {
    var id = 0
    var name = ""
    var email: String?
    var rank = 0
    var mentorID: Int?

    mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("name", &name)
        column("email", &email)
        column("rank", &rank)
        column("mentor_id", &mentorID)
    }

    static let table = Table<Author>(
        "authors", key: "id", assigned: true,
        elements: [
            .entity("author"), .unique("name"), .unique(.descending("email"), "rank"),
            .check("rank", "is between 0 and 100") { (0...100).contains($0.rank) },
            .references("mentor_id", "authors", onDelete: .setNull), .index("by_mentor", .descending("mentor_id")),
        ])
}

struct Book: Row, Equatable {
    var id = 0
    var authorID = 0
    var title = ""
    var price: Double?
    var state = ""

    mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("author_id", &authorID)
        column("title", &title)
        column("price", &price)
        column("state", &state)
    }

    static let elements: [TableElement<Book>] = [
        .entity("book"), .unique("author_id", "title"), .references("author_id", "authors", onDelete: .cascade),
        .index("by_price", .descending("price"), "title"), .index("open_titles", "title", where: "state", is: "open"),
        .check("price", "is not negative") { $0.price ?? 0 >= 0 },
    ]
    static let table = Table<Book>("books", key: "id", assigned: true, elements: elements)
}

struct Loan: Row, Equatable {
    var bookID = 0
    var reader = ""
    var note = ""
    var at = SQLTime()

    mutating func columns(_ column: inout ColumnCoder) {
        column("book_id", &bookID)
        column("reader", &reader)
        column("note", &note)
        column("at", &at)
    }

    static let table = Table<Loan>(
        "loans", key: "book_id", "reader",
        elements: [
            .references("book_id", "books", onDelete: .restrict), .index("by_reader", "reader"),
            .check("note", "is one of the allowed") { loan, settings in
                settings.allowed("notes", default: ["", "late"]).contains(loan.note)
            },
        ])
}

/// A table with rows from the beginning.
struct Shelf: Row, Equatable {
    var id = 0
    var name = ""

    init() {}
    init(_ id: Int, _ name: String) {
        self.id = id
        self.name = name
    }

    mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("name", &name)
    }

    static let table = Table<Shelf>(
        "shelves", key: "id", assigned: true, elements: [.row(Shelf(1, "left")), .row(Shelf(4, "right")), .row(Shelf(0, "middle"))])
}

struct AuthorAdded: Event {
    static let type = "author.added"
    var id: Int?
    var name: String
    var email: String?
    var rank: Int
    var mentor: Int?
}

struct AuthorChanged: Event {
    static let type = "author.changed"
    var id: Int
    var name: String?
    var rank: Int?
    var mentor: Int?
    var subject: Tag? { Tag("author", id) }
}

struct AuthorRemoved: Event {
    static let type = "author.removed"
    var id: Int
}

struct BookAdded: Event {
    static let type = "book.added"
    var id: Int?
    var author: Int
    var title: String
    var price: Double?
    var state: String
    var tags: [Tag] { [Tag("author", author)] }
}

struct BookChanged: Event {
    static let type = "book.changed"
    var id: Int
    var title: String?
    var state: String?
}

struct BookRemoved: Event {
    static let type = "book.removed"
    var id: Int
}

struct LoanMade: Event {
    static let type = "loan.made"
    var book: Int
    var reader: String
    var note: String
}

struct LoanEnded: Event {
    static let type = "loan.ended"
    var book: Int
    var reader: String
}

struct ShelfAdded: Event {
    static let type = "shelf.added"
    var name: String
}

enum Library {
    static let projector = make(version: 1, Book.table)

    /// - Parameters:
    ///   - books: the table of books as this version has it.
    ///   - looksFor: what this version looks for in it before a loan.
    static func make(version: Int, _ books: Table<Book>, looksFor title: String? = nil) -> Projector {
        Projector("library", version: version, tables: [Author.table, books, Loan.table, Shelf.table]) {
            On(AuthorAdded.self) { event, views in
                try views.insert(
                    Author.table,
                    Author(id: event.id ?? 0, name: event.name, email: event.email, rank: event.rank, mentorID: event.mentor))
            }
            On(AuthorChanged.self) { event, views in
                try views.update(Author.table, event.id) { author in
                    author.name = event.name ?? author.name
                    author.rank = event.rank ?? author.rank
                    author.mentorID = event.mentor ?? author.mentorID
                }
            }
            On(AuthorRemoved.self) { event, views in try views.delete(Author.table, event.id) }
            On(BookAdded.self) { event, views in
                try views.insert(
                    books, Book(id: event.id ?? 0, authorID: event.author, title: event.title, price: event.price, state: event.state))
            }
            On(BookChanged.self) { event, views in
                try views.update(books, event.id) { book in
                    book.title = event.title ?? book.title
                    book.state = event.state ?? book.state
                }
            }
            On(BookRemoved.self) { event, views in try views.delete(books, event.id) }
            On(LoanMade.self) { event, views in
                if let title { _ = try views.first(books, where: ["title": title]) }
                try views.upsert(Loan.table, Loan(bookID: event.book, reader: event.reader, note: event.note, at: SQLTime(event.time)))
            }
            On(LoanEnded.self) { event, views in try views.delete(Loan.table, event.book, event.reader) }
            On(ShelfAdded.self) { event, views in
                var shelf = Shelf()
                shelf.name = event.name
                try views.insert(Shelf.table, shelf)
            }
        }
    }
}
