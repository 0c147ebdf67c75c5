#include <sqlite3.h>

/// Has names in double quotes never be taken for texts. Swift does not call C functions that take any number of arguments.
static inline void spool_forbid_quoted_texts(sqlite3 *connection) {
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
}
