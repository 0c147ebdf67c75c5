import CLMDB
import Glibc
import Synchronization

/// The environments open in this process, one a file.
///
/// LMDB's locks belong to the process: a second `MDB_env` on the same file would drop the first one's locks when it closes.
enum EnvironmentRegistry {
    private struct Entry {
        let environment: SharedEnvironment
        var users: Int
    }

    private static let entries = Mutex<[FileIdentity: Entry]>([:])

    static func open(_ path: String, _ durability: Environment.Durability, capacity: Int?) throws(LMDBError) -> SharedEnvironment {
        if mkdir(path, 0o755) != 0 && errno != EEXIST { throw LMDBError(code: errno, operation: "make the folder", path: path) }
        let result: Result<SharedEnvironment, LMDBError> = entries.withLock { entries in
            if let identity = try? FileIdentity(ofEnvironment: path), let entry = entries[identity] {
                entries[identity]?.users += 1
                return .success(entry.environment)
            }
            do throws(LMDBError) {
                let environment = try SharedEnvironment(path, durability, capacity: capacity)
                entries[environment.identity] = Entry(environment: environment, users: 1)
                return .success(environment)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    static func endIdle() { entries.withLock { for entry in $0.values { entry.environment.endIdle() } } }

    static func close(_ environment: SharedEnvironment) {
        entries.withLock { entries in
            guard let entry = entries[environment.identity] else { return }
            if entry.users > 1 {
                entries[environment.identity]?.users -= 1
            } else {
                entries[environment.identity] = nil
                entry.environment.close()
            }
        }
    }
}
